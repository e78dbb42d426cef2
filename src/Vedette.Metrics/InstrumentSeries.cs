namespace Vedette.Metrics;

/// <summary>What was measured under one set of labels.</summary>
internal sealed class InstrumentSeries(InstrumentShape shape, (string Name, string Value)[] labels)
{
    private readonly Lock gate = new();
    private readonly long[] counts = shape.Type == MetricType.Histogram ? new long[shape.Bounds.Length + 1] : [];
    private double value;

    public void Record(double measured)
    {
        lock (gate)
        {
            if (counts.Length > 0) counts[Bucket(measured)]++;
            value = shape.Adds ? value + measured : measured;
        }
    }

    public void WriteTo(MetricsWriter writer)
    {
        lock (gate)
        {
            if (counts.Length > 0) writer.Histogram(shape.Bounds, counts, value, labels);
            else writer.Sample(value, labels);
        }
    }

    // A bound is inclusive.
    private int Bucket(double measured)
    {
        var found = Array.BinarySearch(shape.Bounds, measured);
        return found >= 0 ? found : ~found;
    }
}
