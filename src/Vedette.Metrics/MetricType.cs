namespace Vedette.Metrics;

/// <summary>What the numbers of a family mean.</summary>
public enum MetricType
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A total that only grows until the process restarts. Its name ends in <c>_total</c>.</summary>
    Counter,

    /// <summary>Counts of observations by upper bound, with their sum.</summary>
    Histogram,

    /// <summary>Text in labels beside a constant 1. Its name ends in <c>_info</c>; the older format, which has no such type, calls it a gauge.</summary>
    Info,

    /// <summary>Nobody can tell. The older format calls it untyped.</summary>
    Unknown,
}
