namespace Vedette.History;

/// <summary>
/// Where a result stands among all of its check: by slot, then by start, then by who ran it. No two stand in the same place, so a reader that
/// knows the last place it saw can always go on from there.
/// </summary>
internal readonly record struct Place(DateTimeOffset ScheduledAt, DateTimeOffset StartedAt, string Agent, string Epoch, ulong Seq)
{
    /// <summary>That of a result.</summary>
    public static Place Of(Result result) => new(result.ScheduledAt, result.StartedAt, result.Agent, result.Epoch ?? "", result.Seq);

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
}
