using System.Globalization;

namespace Vedette.Cli.Hub;

/// <summary>Which results of a check are wanted: the newest that fit.</summary>
/// <param name="Limit">How many at most; all when not given, and a time is.</param>
/// <param name="Last">Only of this last while.</param>
/// <param name="From">Only of slots not before this.</param>
/// <param name="Status">Only of this status.</param>
internal sealed record ResultQuery(int? Limit, TimeSpan? Last = null, DateTimeOffset? From = null, Status? Status = null)
{
    /// <summary>The most that the hub gives at once.</summary>
    public const int Most = 10_000;

    /// <summary>As the query of a URL.</summary>
    public override string ToString()
    {
        var query = new List<string>();
        if (Limit is { } limit) query.Add(string.Create(CultureInfo.InvariantCulture, $"limit={limit}"));
        if (Last is { } last) query.Add($"last={Durations.Format(last)}");
        if (From is { } from) query.Add(from.UtcDateTime.ToString("'from='yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture));
        if (Status is { } status) query.Add($"status={status.ToString().ToLowerInvariant()}");
        return $"?{string.Join('&', query)}";
    }
}
