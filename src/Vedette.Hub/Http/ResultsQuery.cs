using System.Globalization;
using Microsoft.AspNetCore.Http;
using Vedette.History;
using Vedette.Hub.Checks;

namespace Vedette.Hub.Http;

/// <summary>Which results are asked for; without a limit all of a time, without a beginning from the first on.</summary>
internal sealed record ResultsQuery(DateTimeOffset? From, DateTimeOffset To, int? Limit, Status? Status, string? Agent, Place? Before)
{
    public const int MostResults = 10_000;
    public const int DefaultResults = 100;

    private static readonly string[] KeysOfTime = ["last", "from", "to", "agent"];
    private static readonly string[] Keys = [.. KeysOfTime, "limit", "status", "before"];
    private static readonly Dictionary<string, Status> Statuses = Enum.GetValues<Status>().ToDictionary(status => status.ToString().ToLowerInvariant());

    /// <summary>Reads it; what could not be read is added to the problems.</summary>
    /// <param name="query">As it came.</param>
    /// <param name="now">The time.</param>
    /// <param name="ofResults">Whether results are asked for one by one, not only a time.</param>
    /// <param name="problems">Takes what could not be read.</param>
    public static ResultsQuery Read(IQueryCollection query, DateTimeOffset now, bool ofResults, Problems problems)
    {
        RefuseUnknown(query, ofResults ? Keys : KeysOfTime, problems);
        if (query.ContainsKey("last") && query.ContainsKey("from")) problems.Add("last", "and from both say where to begin; give one of them");
        return new(
            At(query, "from", problems) ?? Since(query, now, problems),
            At(query, "to", problems) ?? DateTimeOffset.MaxValue,
            Most(query, problems),
            Only(query, problems),
            query["agent"].FirstOrDefault(),
            Beyond(query, problems));
    }

    /// <summary>Adds a problem for every key that is none, with the nearest that is.</summary>
    public static void RefuseUnknown(IQueryCollection query, string[] known, Problems problems)
    {
        foreach (var key in query.Keys.Where(key => !known.Contains(key)))
            problems.Add(key, $"is not a key of this query; {(known.Length > 0 ? Nearest.Hint(key, known) : "there are none")}");
    }

    /// <summary>Whether a key is <c>true</c>; one that is not given is not.</summary>
    public static bool Flag(IQueryCollection query, string key, Problems problems)
    {
        var text = query[key].FirstOrDefault();
        if (text is not (null or "true" or "false")) problems.Add(key, $"'{text}' is neither true nor false");
        return text == "true";
    }

    private static DateTimeOffset? Since(IQueryCollection query, DateTimeOffset now, Problems problems)
    {
        if (query["last"].FirstOrDefault() is not { } last) return null;
        if (Durations.TryParse(last, out var duration)) return duration < now - DateTimeOffset.UnixEpoch ? now - duration : DateTimeOffset.UnixEpoch;
        problems.Add("last", $"'{last}' is not a duration such as 10m or 1h");
        return null;
    }

    private static DateTimeOffset? At(IQueryCollection query, string key, Problems problems)
    {
        if (query[key].FirstOrDefault() is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
        problems.Add(key, $"'{text}' is not a time such as 2026-01-01T00:00:00Z");
        return null;
    }

    /// <summary>As history takes it.</summary>
    public HistoryQuery Of(CheckRecord record) => new(record.Key, record.Check.Id) { From = From ?? DateTimeOffset.UnixEpoch, To = To, Status = Status, Agent = Agent };

    private static Place? Beyond(IQueryCollection query, Problems problems)
    {
        if (query["before"].FirstOrDefault() is not { } text) return null;
        if (Place.TryParse(text, out var place)) return place;
        problems.Add("before", $"'{text}' is not what an answer gave to go on with");
        return null;
    }

    private static int? Most(IQueryCollection query, Problems problems)
    {
        if (query["limit"].FirstOrDefault() is not { } text) return query.ContainsKey("last") || query.ContainsKey("from") ? null : DefaultResults;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostResults) return limit;
        problems.Add("limit", $"'{text}' is not a whole number from 1 to {MostResults}");
        return DefaultResults;
    }

    private static Status? Only(IQueryCollection query, Problems problems)
    {
        if (query["status"].FirstOrDefault() is not { } text) return null;
        if (Statuses.TryGetValue(text, out var status)) return status;
        problems.Add("status", $"'{text}' is not a status; {Nearest.Hint(text, Statuses.Keys)}");
        return null;
    }
}
