using System.Globalization;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// Where a result stands among all of its check: by slot, then by start, then by who ran it. No two stand in the same place, so a reader that
/// knows the last place it saw can always go on from there.
/// </summary>
public readonly record struct Place(DateTimeOffset ScheduledAt, DateTimeOffset StartedAt, string Agent, string Epoch, ulong Seq)
{
    /// <summary>That of a result.</summary>
    public static Place Of(Result result) => new(result.ScheduledAt, result.StartedAt, result.Agent, result.Epoch ?? "", result.Seq);

    /// <summary>As a text that fits into a URL.</summary>
    public string ToCursor() => string.Create(CultureInfo.InvariantCulture, $"{Sql.Microseconds(ScheduledAt):x}-{Sql.Microseconds(StartedAt):x}-{Seq:x}-{Epoch}-{Agent}");

    /// <summary>Reads such a text; false for any other.</summary>
    public static bool TryParse(string text, out Place place)
    {
        place = default;
        var parts = text.Split('-', 5);
        if (parts.Length < 5 || !TryTime(parts[0], out var scheduled) || !TryTime(parts[1], out var started)) return false;
        if (!ulong.TryParse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var seq)) return false;
        place = new(scheduled, started, parts[4], parts[3], seq);
        return true;
    }

    /// <summary>Compares the places of two results.</summary>
    public static int Compare(Result a, Result b)
    {
        var order = a.ScheduledAt.CompareTo(b.ScheduledAt);
        return order != 0 ? order : Compare(Of(a), Of(b));
    }

    /// <summary>Compares two places.</summary>
    public static int Compare(Place a, Place b)
    {
        var order = a.ScheduledAt.CompareTo(b.ScheduledAt);
        if (order == 0) order = a.StartedAt.CompareTo(b.StartedAt);
        if (order == 0) order = string.CompareOrdinal(a.Agent, b.Agent);
        if (order == 0) order = string.CompareOrdinal(a.Epoch, b.Epoch);
        return order == 0 ? a.Seq.CompareTo(b.Seq) : order;
    }

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        var isTime = long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var at) && at is >= 0 and < 253_402_300_800_000_000;
        time = isTime ? DateTimeOffset.UnixEpoch.AddMicroseconds(at) : default;
        return isTime;
    }
}
