using System.Buffers;

namespace Vedette.Metrics;

/// <summary>The names both formats allow (OpenMetrics 1.0, ABNF).</summary>
public static class MetricNames
{
    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly SearchValues<char> MetricCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:");

    /// <summary>Makes a label name of any text: what is not allowed becomes one underscore, a leading digit is set off by <c>key_</c>.</summary>
    public static string ToLabelName(string text)
    {
        var name = Replace(text);
        return name.Length == 0 ? "_" : char.IsAsciiDigit(name[0]) ? "key_" + name : name;
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

    /// <summary>Every run of underscores and characters that a label name may not have becomes one underscore.</summary>
    internal static string Replace(string text) => string.Create(text.Length, text, static (name, from) =>
    {
        for (var i = 0; i < name.Length; i++) name[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    }).Collapse();

    private static string Collapse(this string name)
    {
        while (name.Contains("__", StringComparison.Ordinal)) name = name.Replace("__", "_", StringComparison.Ordinal);
        return name;
    }
}
