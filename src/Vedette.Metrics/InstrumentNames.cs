using System.Text.RegularExpressions;

namespace Vedette.Metrics;

/// <summary>
/// What an instrument is called in an exposition (OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility"): characters that
/// are not allowed become underscores, the unit in words follows the name, the suffix of the type follows the unit.
/// </summary>
internal static partial class InstrumentNames
{
    private static readonly Dictionary<string, string> Units = new()
    {
        ["d"] = "days", ["h"] = "hours", ["min"] = "minutes", ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["GiBy"] = "gibibytes", ["TiBy"] = "tibibytes",
        ["KBy"] = "kilobytes", ["MBy"] = "megabytes", ["GBy"] = "gigabytes", ["TBy"] = "terabytes",
        ["m"] = "meters", ["V"] = "volts", ["A"] = "amperes", ["J"] = "joules", ["W"] = "watts", ["g"] = "grams", ["Cel"] = "celsius", ["Hz"] = "hertz",
        ["%"] = "percent",
    };

    private static readonly Dictionary<string, string> PerUnits = new()
    {
        ["s"] = "second", ["m"] = "minute", ["h"] = "hour", ["d"] = "day", ["w"] = "week", ["mo"] = "month", ["y"] = "year",
    };

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Annotation { get; }

    /// <summary>The name and the unit of the family that shows an instrument.</summary>
    public static (string Name, string Unit) Of(string instrument, string? unit, MetricType type)
    {
        var name = MetricNames.Replace(instrument);
        if (name.Length == 0 || char.IsAsciiDigit(name[0])) name = "_" + name;
        if (type == MetricType.Counter && name.EndsWith("_total", StringComparison.Ordinal)) name = name[..^"_total".Length];
        var words = InWords(unit ?? "", type);
        if (words.Length > 0 && !name.EndsWith("_" + words, StringComparison.Ordinal)) name = $"{name}_{words}";
        return (type == MetricType.Counter ? name + "_total" : name, words);
    }

    private static string InWords(string unit, MetricType type)
    {
        // A ratio is a gauge; where other instruments say 1, they count something.
        if (unit == "1") return type == MetricType.Gauge ? "ratio" : "";
        var parts = Annotation.Replace(unit, "").Split('/', 2, StringSplitOptions.TrimEntries);
        var words = Units.GetValueOrDefault(parts[0], parts[0]);
        if (parts is [_, { Length: > 0 } per]) words = $"{words}_per_{PerUnits.GetValueOrDefault(per, per)}";
        return MetricNames.Replace(words).Trim('_');
    }
}
