using System.Diagnostics.Metrics;
using System.Numerics;

namespace Vedette.Metrics;

/// <summary>How the measurements of an instrument add up.</summary>
/// <param name="Type">What its family is.</param>
/// <param name="Adds">True when a measurement is a change, false when it is the value itself.</param>
/// <param name="Observed">True when it is asked for its values, all of them each time.</param>
/// <param name="Bounds">The upper bounds of a histogram, increasing; else empty.</param>
internal sealed record InstrumentShape(MetricType Type, bool Adds, bool Observed, double[] Bounds)
{
    // What Prometheus clients take for durations, and what OpenTelemetry takes where nothing is said.
    private static readonly double[] SecondBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] OtherBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    /// <summary>The shape of an instrument, or null for one of a kind not known here.</summary>
    public static InstrumentShape? Of(Instrument instrument)
    {
        if (!instrument.GetType().IsGenericType) return null;
        var kind = instrument.GetType().GetGenericTypeDefinition();
        if (kind == typeof(Counter<>)) return new(MetricType.Counter, true, false, []);
        if (kind == typeof(UpDownCounter<>)) return new(MetricType.Gauge, true, false, []);
        if (kind == typeof(Gauge<>)) return new(MetricType.Gauge, false, false, []);
        if (kind == typeof(Histogram<>)) return new(MetricType.Histogram, true, false, BoundsOf(instrument));
        if (kind == typeof(ObservableCounter<>)) return new(MetricType.Counter, false, true, []);
        return kind == typeof(ObservableUpDownCounter<>) || kind == typeof(ObservableGauge<>) ? new(MetricType.Gauge, false, true, []) : null;
    }

    /// <summary>One NaN or infinity would stay in a sum for good, and a total does not go down.</summary>
    public bool Takes(double value) => (double.IsFinite(value) || (Type == MetricType.Gauge && !Adds)) && !(Type == MetricType.Counter && value < 0);

    /// <summary>True when instruments of both shapes can share a family.</summary>
    public bool Fits(InstrumentShape other) => Type == other.Type && Adds == other.Adds && Observed == other.Observed && Bounds.AsSpan().SequenceEqual(other.Bounds);

    private static double[] BoundsOf(Instrument instrument) =>
        Advised<double>(instrument) ?? Advised<long>(instrument) ?? Advised<int>(instrument) ?? Advised<float>(instrument)
        ?? Advised<decimal>(instrument) ?? Advised<short>(instrument) ?? Advised<byte>(instrument)
        ?? (instrument.Unit == "s" ? SecondBounds : OtherBounds);

    private static double[]? Advised<T>(Instrument instrument) where T : struct, INumberBase<T> =>
        (instrument as Instrument<T>)?.Advice?.HistogramBucketBoundaries is { } bounds
            ? [.. bounds.Select(double.CreateSaturating).Where(double.IsFinite).Distinct()]
            : null;
}
