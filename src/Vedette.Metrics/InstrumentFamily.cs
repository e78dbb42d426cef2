using System.Collections.Concurrent;
using System.Globalization;

namespace Vedette.Metrics;

/// <summary>What the instruments of one name have measured: a value, or a histogram, for each set of labels.</summary>
/// <param name="name">As 0.0.4 spells it.</param>
/// <param name="shape">How its measurements add up.</param>
/// <param name="help">The description of the instrument.</param>
/// <param name="unit">In words.</param>
/// <param name="mostSeries">Measurements under further sets of labels are dropped and counted.</param>
internal sealed class InstrumentFamily(string name, InstrumentShape shape, string help, string unit, int mostSeries)
{
    // The same labels can arrive as so many differently ordered or typed tags before they are put in order each time again.
    private const int SpellingsPerSeries = 4;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], InstrumentSeries> byTags = new(TagComparer.Instance);
    private readonly List<InstrumentSeries> series = [];
    private long dropped;

    public string Name => name;

    public InstrumentShape Shape => shape;

    /// <summary>How many instruments feed it; touched only under the lock of the reading.</summary>
    public int Instruments { get; set; }

    public long Dropped => Interlocked.Read(ref dropped);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (shape.Takes(value) && Find(tags) is { } found) found.Record(value);
        else Interlocked.Increment(ref dropped);
    }

    /// <summary>Forgets what was observed the last time: an observer that no longer tells of something has lost it.</summary>
    public void Forget()
    {
        lock (gate)
        {
            byTags.Clear();
            series.Clear();
        }
    }

    public void WriteTo(MetricsWriter writer)
    {
        writer.Family(name, shape.Type, help, unit);
        InstrumentSeries[] snapshot;
        lock (gate) snapshot = [.. series];
        foreach (var one in snapshot) one.WriteTo(writer);
    }

    private InstrumentSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>().TryGetValue(tags, out var found) ? found : Add(tags);

    private InstrumentSeries? Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        KeyValuePair<string, object?>[] ordered = [.. labels.Select(label => KeyValuePair.Create(label.Name, (object?)label.Value))];
        lock (gate)
        {
            if (!byTags.TryGetValue(ordered, out var found))
            {
                if (series.Count >= mostSeries) return null;
                series.Add(byTags[ordered] = found = new InstrumentSeries(shape, labels));
            }

            if (byTags.Count < mostSeries * SpellingsPerSeries) byTags.TryAdd(tags.ToArray(), found);
            return found;
        }
    }

    // OpenTelemetry, "Metric Attributes": of names that become the same, the values are joined in the order of the names they had.
    private static (string Name, string Value)[] Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
    [
        .. tags.ToArray()
            .OrderBy(tag => tag.Key, StringComparer.Ordinal)
            .GroupBy(tag => MetricNames.ToLabelName(tag.Key), tag => Text(tag.Value))
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => (label.Key, string.Join(';', label))),
    ];

    private static string Text(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "",
    };
}

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
