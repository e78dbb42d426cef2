using System.Text;
using System.Text.RegularExpressions;

namespace Vedette.Probes.Http;

/// <summary>What the body of an answer must hold. The body is looked at and forgotten.</summary>
internal sealed class BodyRules
{
    private static readonly TimeSpan RegexPatience = TimeSpan.FromSeconds(1);

    private readonly string? contains;
    private readonly Regex? regex;
    private readonly JsonPath? jsonPath;

    /// <summary>The rules of a check.</summary>
    public BodyRules(OptionValues options)
    {
        contains = options.Text("contains");
        if (options.Text("regex") is { } pattern) regex = Compile(pattern);
        if (options.Text("jsonPath") is { } path) jsonPath = JsonPath.Parse(path);
    }

    /// <summary>Whether a body has to be kept to be judged.</summary>
    public bool Any => contains is not null || regex is not null || jsonPath is not null;

    /// <summary>The regular expression among them, or null.</summary>
    public string? Pattern => regex?.ToString();

    /// <summary>What is wrong with a pattern, or null.</summary>
    public static string? RefuseRegex(string pattern)
    {
        try
        {
            _ = Compile(pattern);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return $"'{pattern}' is not a regular expression that can be matched in linear time: {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    /// <summary>Null when the body fulfils them, else a sentence, and whether it was the regular expression that did not match.</summary>
    public (string Sentence, bool ByRegex)? Explain(ReadOnlyMemory<byte> body, string? charset)
    {
        var text = contains is null && regex is null ? "" : Decode(body.Span, charset);
        if (contains is not null && !text.Contains(contains, StringComparison.Ordinal)) return ($"the body does not contain '{contains}'", false);
        if (regex is not null && !regex.IsMatch(text)) return ($"the body does not match '{regex}'", true);
        return jsonPath?.Explain(body) is { } sentence ? (sentence, false) : null;
    }

    private static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, RegexPatience);

    // RFC 9110 section 8.3.2; an unknown charset is read as UTF-8, whose ASCII part most of them share.
    private static string Decode(ReadOnlySpan<byte> body, string? charset)
    {
        var encoding = charset?.ToUpperInvariant() switch
        {
            "ISO-8859-1" or "LATIN1" => Encoding.Latin1,
            "UTF-16" or "UTF-16LE" => Encoding.Unicode,
            "UTF-16BE" => Encoding.BigEndianUnicode,
            _ => Encoding.UTF8,
        };
        return encoding.GetString(body);
    }
}
