using System.Buffers;
using System.Globalization;

namespace Vedette.Metrics;

/// <summary>Chooses between the two formats by what a scraper accepts (RFC 9110 section 12.5.1).</summary>
public static class ContentNegotiation
{
    private static readonly SearchValues<char> QualityCharacters = SearchValues.Create("0123456789.");

    /// <summary>The <c>Content-Type</c> of a format.</summary>
    public static string ContentType(bool openMetrics) =>
        openMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>
    /// True when a scraper would rather have OpenMetrics 1.0 than text 0.0.4. Equally welcome, the one that is named more precisely wins;
    /// else, and when neither is welcome, it is 0.0.4: an answer in it is worth more than a refusal.
    /// </summary>
    /// <param name="accept">The <c>Accept</c> field, several joined by commas; null or empty when there is none. Anything malformed in it is passed over.</param>
    public static bool PrefersOpenMetrics(string? accept)
    {
        var openMetrics = Liking(accept, "application", "openmetrics-text", "1.0.0");
        var text = Liking(accept, "text", "plain", "0.0.4");
        return openMetrics.Quality > text.Quality || (openMetrics.Quality == text.Quality && openMetrics.Precision > text.Precision && openMetrics.Quality > 0);
    }

    // Of the ranges that take in a type, the most precise says how welcome it is.
    private static (double Quality, int Precision) Liking(ReadOnlySpan<char> accept, string type, string subtype, string version)
    {
        (double Quality, int Precision) best = default;
        while (!accept.IsEmpty)
        {
            var range = Next(ref accept, ',');
            var (quality, precision) = Read(range, type, subtype, version);
            if (precision > best.Precision || (precision == best.Precision && quality > best.Quality)) best = (quality, precision);
        }

        return best;
    }

    // Precision 0: this range does not take the type in.
    private static (double Quality, int Precision) Read(ReadOnlySpan<char> range, string type, string subtype, string version)
    {
        var precision = Precision(Next(ref range, ';').Trim(" \t"), type, subtype);
        var quality = 1.0;
        while (!range.IsEmpty && precision > 0)
        {
            var value = Next(ref range, ';');
            var name = Next(ref value, '=').Trim(" \t");
            value = value.Trim(" \t").Trim('"');
            if (name.Equals("q", StringComparison.OrdinalIgnoreCase)) precision = TryQuality(value, out quality) ? precision : 0;
            else if (name.Equals("version", StringComparison.OrdinalIgnoreCase)) precision = value.SequenceEqual(version) ? precision + 1 : 0;
            else if (name.Equals("charset", StringComparison.OrdinalIgnoreCase) && !value.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) precision = 0;
        }

        return precision == 0 ? default : (quality, precision);
    }

    private static int Precision(ReadOnlySpan<char> range, string type, string subtype)
    {
        var slash = range.IndexOf('/');
        if (slash < 0) return 0;
        var left = range[..slash];
        var right = range[(slash + 1)..];
        if (left is "*") return right is "*" ? 1 : 0;
        if (!left.Equals(type, StringComparison.OrdinalIgnoreCase)) return 0;
        return right is "*" ? 2 : right.Equals(subtype, StringComparison.OrdinalIgnoreCase) ? 3 : 0;
    }

    // RFC 9110 section 12.4.2: 0 to 1 with up to three digits behind the point.
    private static bool TryQuality(ReadOnlySpan<char> text, out double quality)
    {
        quality = 0;
        return text.Length is >= 1 and <= 5 && !text.ContainsAnyExcept(QualityCharacters) && text[0] is '0' or '1'
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out quality) && quality <= 1;
    }

    // Takes what stands before a separator, or all of it; a separator between quotes is none.
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> text, char separator)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (!quoted && text[i] == separator)
            {
                var before = text[..i];
                text = text[(i + 1)..];
                return before;
            }
        }

        var all = text;
        text = default;
        return all;
    }
}
