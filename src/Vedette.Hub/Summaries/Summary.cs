namespace Vedette.Hub.Summaries;

/// <summary>Sums up results and gaps of a check.</summary>
internal static class Summary
{
    private const string Rule =
        "availability: runs that were up or degraded, of all that were up, degraded or down; coverage: these, of all slots, with unknown runs and gaps";

    /// <summary>Sums up what passes by, in its order.</summary>
    /// <param name="check">The check's id.</param>
    /// <param name="latencyPhase">The phase that is its latency; null when that is the whole run.</param>
    /// <param name="from">The earliest slot; the summary begins later when nothing is known of before.</param>
    /// <param name="to">The latest slot.</param>
    /// <param name="results">The results of that time.</param>
    /// <param name="gaps">The gaps that reach into it.</param>
    public static CheckSummary Of(string check, string? latencyPhase, DateTimeOffset from, DateTimeOffset to, IEnumerable<Result> results, IEnumerable<Gap> gaps)
    {
        var (latencies, outages) = (new LatencyTally(), new OutageSearch());
        var counts = new long[Enum.GetValues<Status>().Length];
        var missed = gaps.ToList();
        var first = missed.Count > 0 ? missed.Min(gap => gap.From) : DateTimeOffset.MaxValue;
        foreach (var result in results)
        {
            if (result.ScheduledAt < first) first = result.ScheduledAt;
            counts[(int)result.Status]++;
            outages.Add(result);
            if (result.Status is Status.Up or Status.Degraded) latencies.Add(result.LatencySeconds(latencyPhase));
        }

        var (up, degraded, down, unknown) = (counts[(int)Status.Up], counts[(int)Status.Degraded], counts[(int)Status.Down], counts[(int)Status.Unknown]);
        var missing = missed.Sum(gap => Within(gap, from, to));
        var measured = up + degraded + down;
        return new CheckSummary(
            check, first > from && first <= to ? first : from, to, up, degraded, down, unknown, missing, Share(up + degraded, measured), Share(measured, measured + unknown + missing), Rule,
            latencies.Mean, latencies.Quantile(0.5), latencies.Quantile(0.95), latencies.Quantile(0.99), outages.Longest);
    }

    private static double? Share(long part, long whole) => whole == 0 ? null : (double)part / whole;

    // A gap's slots lie evenly between its first and its last.
    private static long Within(Gap gap, DateTimeOffset from, DateTimeOffset to)
    {
        if (gap.Slots == 1 || (gap.From >= from && gap.To <= to)) return gap.Slots;
        var step = (gap.To - gap.From) / (gap.Slots - 1);
        var first = gap.From >= from ? 0 : (long)Math.Ceiling((from - gap.From) / step);
        var last = gap.To <= to ? gap.Slots - 1 : (long)Math.Floor((to - gap.From) / step);
        return Math.Max(0, last - first + 1);
    }
}
