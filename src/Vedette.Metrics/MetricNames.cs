using System.Buffers;
using System.Text.RegularExpressions;

namespace Vedette.Metrics;

/// <summary>The names both formats allow (OpenMetrics 1.0, ABNF), and how other names become such.</summary>
public static partial class MetricNames
{
    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly SearchValues<char> MetricCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:");

    [GeneratedRegex("[^a-zA-Z0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex Others { get; }

    /// <summary>Makes a label name of any text: what is not allowed becomes one underscore, a leading digit is set off by <c>key_</c>.</summary>
    public static string ToLabelName(string text)
    {
        var name = Others.Replace(text, "_");
        return name.Length == 0 ? "_" : char.IsAsciiDigit(name[0]) ? "key_" + name : name;
    }

    /// <summary>
    /// The name and the unit of the family that shows an instrument (OpenTelemetry specification, "Prometheus and OpenMetrics
    /// Compatibility"): characters that are not allowed become underscores, the unit in words follows, and then the suffix of the type.
    /// </summary>
    internal static (string Name, string Unit) OfInstrument(string instrument, string? unit, MetricType type)
    {
        var name = Others.Replace(instrument, "_");
        if (type == MetricType.Counter && name.EndsWith("_total", StringComparison.Ordinal)) name = name[..^"_total".Length];
        var words = InWords(unit ?? "", type);
        if (words.Length > 0 && !name.EndsWith("_" + words, StringComparison.Ordinal)) name = $"{name}_{words}";
        return (type == MetricType.Counter ? name + "_total" : name, words);
    }

    internal static bool IsMetric(ReadOnlySpan<char> name) =>
        !name.IsEmpty && !char.IsAsciiDigit(name[0]) && !name.ContainsAnyExcept(MetricCharacters);

    /// <summary>Names that begin with two underscores belong to Prometheus itself.</summary>
    internal static bool IsLabel(ReadOnlySpan<char> name) =>
        !name.IsEmpty && !char.IsAsciiDigit(name[0]) && !name.StartsWith("__") && !name.ContainsAnyExcept(LabelCharacters);

    /// <summary>What OpenMetrics calls a family; throws when the name lacks the suffix of its type.</summary>
    internal static string Stem(string name, MetricType type)
    {
        var suffix = type switch { MetricType.Counter => "_total", MetricType.Info => "_info", _ => "" };
        if (!name.EndsWith(suffix, StringComparison.Ordinal) || name.Length == suffix.Length)
            throw new ArgumentException($"'{name}' must end in {suffix} to name a {type}", nameof(name));
        return name[..^suffix.Length];
    }

    /// <summary>
    /// Every name that a family keeps others from having: its own and those its samples could have (OpenMetrics 1.0, "Suffixes").
    /// Held to in both formats, so that what one scraper can read every other can.
    /// </summary>
    internal static string[] Claims(string name, MetricType type)
    {
        var stem = Stem(name, type);
        return type switch
        {
            MetricType.Counter => [stem, name, stem + "_created"],
            MetricType.Histogram => [stem, stem + "_bucket", stem + "_sum", stem + "_count", stem + "_created"],
            MetricType.Info => [stem, name],
            _ => [stem],
        };
    }

    // The units that instruments here and in .NET have (UCUM); what stands in braces only says what is counted.
    private static string InWords(string unit, MetricType type) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "%" => "percent",
        "1" => type == MetricType.Gauge ? "ratio" : "",
        ['{', ..] => "",
        _ => Others.Replace(unit, "_").Trim('_'),
    };
}
