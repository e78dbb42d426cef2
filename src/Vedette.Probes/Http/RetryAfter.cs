using System.Globalization;

namespace Vedette.Probes.Http;

/// <summary>When a server wants to be asked again (RFC 9110 section 10.2.3).</summary>
internal static class RetryAfter
{
    // 68 years, in seconds: more is not meant.
    private const int Most = int.MaxValue;

    // RFC 9110 section 5.6.7: the form that is sent, and the two obsolete ones that are still to be read.
    private static readonly string[] Forms = ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    /// <summary>How long that is from now; null when the answer does not say, or says it as nobody may. Never negative.</summary>
    /// <param name="head">The answer.</param>
    /// <param name="now">This host's clock, for an answer that gives a date and not its own time.</param>
    public static TimeSpan? Read(ResponseHead head, DateTimeOffset now)
    {
        if (head.First("Retry-After") is not { } value) return null;

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return TimeSpan.FromSeconds(seconds);
        if (Date(value) is not { } date) return null;
        var wait = Math.Ceiling((date - (Date(head.First("Date")) ?? now)).TotalSeconds);
        return wait <= Most ? TimeSpan.FromSeconds(Math.Max(wait, 0)) : null;
    }

    private static DateTimeOffset? Date(string? value) =>
        DateTimeOffset.TryParseExact(value, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowInnerWhite, out var date) ? date : null;
}
