using System.Buffers;

namespace Vedette.Metrics;

/// <summary>
/// Writes one exposition: the Prometheus text format 0.0.4, or OpenMetrics 1.0. A family is begun, its samples follow, the next family is
/// begun, and <see cref="End"/> closes. Names are given as 0.0.4 spells them and as people query them (<c>x_total</c>, <c>x_info</c>);
/// OpenMetrics takes such suffixes off where it wants none. What the caller must see to: no two samples of a family have the same labels.
/// </summary>
/// <param name="output">Takes UTF-8.</param>
/// <param name="openMetrics">OpenMetrics 1.0 instead of 0.0.4; see <see cref="ContentNegotiation"/>.</param>
public sealed class MetricsWriter(IBufferWriter<byte> output, bool openMetrics)
{
    private static readonly SearchValues<char> SpecialInLabels = SearchValues.Create("\\\"\n");
    private static readonly SearchValues<char> SpecialInHelp = SearchValues.Create("\\\n");

    private readonly HashSet<string> taken = [];
    private string family = "";
    private MetricType kind;
    private bool ended;

    /// <summary>Begins a family.</summary>
    /// <param name="name">The name its samples have in 0.0.4. A counter's ends in <c>_total</c>, an info's in <c>_info</c>.</param>
    /// <param name="type">What its numbers mean.</param>
    /// <param name="help">One line for people.</param>
    /// <param name="unit">
    /// The base unit, such as <c>seconds</c>. OpenMetrics wants the name to end in it; where a name does not, no unit is told.
    /// </param>
    /// <exception cref="ArgumentException">The name is not allowed, lacks its suffix, or could be mistaken for one given before.</exception>
    public void Family(string name, MetricType type, string help, string unit = "")
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (!MetricNames.IsMetric(name)) throw new ArgumentException($"'{name}' cannot name a metric", nameof(name));
        foreach (var claimed in MetricNames.Claims(name, type))
            if (!taken.Add(claimed)) throw new ArgumentException($"'{name}' clashes with another family over '{claimed}'", nameof(name));
        (family, kind) = (name, type);
        if (openMetrics)
        {
            var stem = MetricNames.Stem(name, type);
            Metadata("# TYPE "u8, stem, Word(type));
            if (EndsInUnit(stem, unit)) Metadata("# UNIT "u8, stem, unit);
            if (help.Length > 0) Metadata("# HELP "u8, stem, help, SpecialInLabels);
        }
        else
        {
            if (help.Length > 0) Metadata("# HELP "u8, name, help, SpecialInHelp);
            Metadata("# TYPE "u8, name, Word(type));
        }
    }

    /// <summary>Adds a sample to the family.</summary>
    /// <param name="value">Any double; an info's is 1.</param>
    /// <param name="labels">Any text as values; half surrogates become U+FFFD.</param>
    /// <exception cref="ArgumentException">A label name is not allowed or given twice.</exception>
    public void Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (kind == MetricType.Histogram) throw new InvalidOperationException($"{family} is a histogram");
        var line = Begin(""u8, labels, null);
        line.Number(value);
        line.End();
    }

    /// <summary>Adds the samples of one histogram to the family.</summary>
    /// <param name="bounds">Finite upper bounds, each inclusive, in increasing order.</param>
    /// <param name="counts">Observations of each bucket alone, one more than there are bounds: the last is what exceeds them all.</param>
    /// <param name="sum">The sum of all observations.</param>
    /// <param name="labels">Any but <c>le</c>.</param>
    /// <exception cref="ArgumentException">A label name is not allowed or given twice, or bounds and counts are not as described.</exception>
    public void Histogram(ReadOnlySpan<double> bounds, ReadOnlySpan<long> counts, double sum, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (kind != MetricType.Histogram) throw new InvalidOperationException($"{family} is no histogram");
        if (counts.Length != bounds.Length + 1) throw new ArgumentException($"{family} has {counts.Length} counts for {bounds.Length} bounds", nameof(counts));
        RefuseBounds(bounds);

        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            Count("_bucket"u8, total, labels, i < bounds.Length ? bounds[i] : double.PositiveInfinity);
        }

        // A sum that negative observations take down is no counter: OpenMetrics 1.0 forbids it, and the count goes with it.
        if (openMetrics && (bounds is [< 0, ..] || !(sum >= 0))) return;
        var line = Begin("_sum"u8, labels, null);
        line.Number(sum);
        line.End();
        Count("_count"u8, total, labels, null);
    }

    /// <summary>Closes the exposition. OpenMetrics tells a whole one from a cut one by its last line.</summary>
    public void End()
    {
        ObjectDisposedException.ThrowIf(ended, this);
        ended = true;
        if (openMetrics) output.Write("# EOF\n"u8);
    }

    private string Word(MetricType type) => type switch
    {
        MetricType.Gauge => "gauge",
        MetricType.Counter => "counter",
        MetricType.Histogram => "histogram",
        MetricType.Info => openMetrics ? "info" : "gauge",
        _ => openMetrics ? "unknown" : "untyped",
    };

    private static bool EndsInUnit(string stem, string unit) =>
        unit.Length > 0 && stem.Length > unit.Length + 1 && stem.EndsWith(unit, StringComparison.Ordinal) && stem[^(unit.Length + 1)] == '_';

    private void Metadata(ReadOnlySpan<byte> keyword, string name, string text, SearchValues<char>? special = null)
    {
        var line = new Line(output, keyword.Length + name.Length + Line.RoomFor(text) + 2);
        line.Literal(keyword);
        line.Text(name);
        line.Literal(" "u8);
        if (special is null) line.Text(text);
        else line.Escaped(text, special);
        line.End();
    }

    private void Count(ReadOnlySpan<byte> suffix, long count, ReadOnlySpan<(string Name, string Value)> labels, double? bound)
    {
        var line = Begin(suffix, labels, bound);
        line.Number(count);
        line.End();
    }

    private Line Begin(ReadOnlySpan<byte> suffix, ReadOnlySpan<(string Name, string Value)> labels, double? bound)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (family.Length == 0) throw new InvalidOperationException("A sample needs a family");
        var line = new Line(output, family.Length + suffix.Length + RoomFor(labels) + (2 * Line.LongestNumber));
        line.Text(family);
        line.Literal(suffix);
        if (labels.IsEmpty && bound is null)
        {
            line.Literal(" "u8);
            return line;
        }

        for (var i = 0; i < labels.Length; i++)
        {
            Refuse(labels, i);
            line.Literal(i == 0 ? "{"u8 : ","u8);
            line.Text(labels[i].Name);
            line.Literal("=\""u8);
            line.Escaped(labels[i].Value, SpecialInLabels);
            line.Literal("\""u8);
        }

        if (bound is { } upper)
        {
            line.Literal(labels.IsEmpty ? "{le=\""u8 : ",le=\""u8);
            line.Bound(upper, openMetrics);
            line.Literal("\""u8);
        }

        line.Literal("} "u8);
        return line;
    }

    private static int RoomFor(ReadOnlySpan<(string Name, string Value)> labels)
    {
        var room = 16;
        foreach (var (name, value) in labels) room = checked(room + name.Length + Line.RoomFor(value) + 4);
        return room;
    }

    private void Refuse(ReadOnlySpan<(string Name, string Value)> labels, int index)
    {
        var name = labels[index].Name;
        if (!MetricNames.IsLabel(name)) throw new ArgumentException($"'{name}' cannot name a label of {family}", nameof(labels));
        if (kind == MetricType.Histogram && name == "le") throw new ArgumentException($"{family} is a histogram: 'le' is its own label", nameof(labels));
        for (var i = 0; i < index; i++)
            if (labels[i].Name == name) throw new ArgumentException($"{family} has the label '{name}' twice", nameof(labels));
    }

    private void RefuseBounds(ReadOnlySpan<double> bounds)
    {
        for (var i = 0; i < bounds.Length; i++)
            if (!double.IsFinite(bounds[i]) || (i > 0 && !(bounds[i] > bounds[i - 1])))
                throw new ArgumentException($"{family} has a bound out of order: {bounds[i]}", nameof(bounds));
    }
}
