using System.Net.Http.Headers;

namespace Vedette.Metrics;

/// <summary>Chooses between the two formats by what a scraper accepts (RFC 9110 section 12.5.1).</summary>
public static class ContentNegotiation
{
    /// <summary>The <c>Content-Type</c> of a format.</summary>
    public static string ContentType(bool openMetrics) =>
        openMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>
    /// True when a scraper names OpenMetrics 1.0 and likes no plain text better. Whoever does not name it, or accepts neither, is given
    /// 0.0.4: an answer in it is worth more than a refusal.
    /// </summary>
    /// <param name="accept">The <c>Accept</c> field, several joined by commas; null or empty when there is none. A malformed range is passed over, a malformed weight counts as 1.</param>
    public static bool PrefersOpenMetrics(string? accept)
    {
        double openMetrics = 0, text = 0;
        foreach (var part in (accept ?? "").Split(','))
        {
            if (!MediaTypeWithQualityHeaderValue.TryParse(part, out var range)) continue;
            var quality = range.Quality ?? 1;
            if (IsOpenMetrics(range)) openMetrics = Math.Max(openMetrics, quality);
            else if (Is(range, "text/plain") || Is(range, "text/*") || Is(range, "*/*")) text = Math.Max(text, quality);
        }

        return openMetrics > 0 && openMetrics >= text;
    }

    private static bool IsOpenMetrics(MediaTypeHeaderValue range) =>
        Is(range, "application/openmetrics-text")
        && range.Parameters.All(one => !string.Equals(one.Name, "version", StringComparison.OrdinalIgnoreCase) || one.Value?.Trim('"') == "1.0.0");

    private static bool Is(MediaTypeHeaderValue range, string type) => string.Equals(range.MediaType, type, StringComparison.OrdinalIgnoreCase);
}
