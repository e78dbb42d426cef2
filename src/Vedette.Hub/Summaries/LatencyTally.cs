namespace Vedette.Hub.Summaries;

/// <summary>Counts latencies in steps of less than 1 %, so that any number of them takes little room.</summary>
internal sealed class LatencyTally
{
    // What is left of a double without these is its exponent and seven bits below: two neighbours differ by 1/128 at most.
    private const int BitsBelow = 45;

    private readonly Dictionary<long, long> counts = [];
    private double sum;
    private long count;

    public double? Mean => count == 0 ? null : sum / count;

    public void Add(double seconds)
    {
        var step = BitConverter.DoubleToInt64Bits(Math.Max(0, seconds)) >> BitsBelow;
        counts[step] = counts.GetValueOrDefault(step) + 1;
        sum += seconds;
        count++;
    }

    /// <summary>What a share of them does not exceed; null when there are none.</summary>
    public double? Quantile(double share)
    {
        if (count == 0) return null;
        var rank = (long)Math.Ceiling(share * count);
        foreach (var (step, of) in counts.OrderBy(entry => entry.Key))
            if ((rank -= of) <= 0) return Middle(step);
        return null;
    }

    private static double Middle(long step) => step == 0 ? 0 : (BitConverter.Int64BitsToDouble(step << BitsBelow) + BitConverter.Int64BitsToDouble((step + 1) << BitsBelow)) / 2;
}
