using System.Globalization;

namespace Vedette.Cli.Rendering;

/// <summary>Numbers and foreign text fit for a terminal.</summary>
internal static class Plain
{
    private const double SecondsPerDay = 86400;

    /// <summary>Three significant digits in the unit that suits, see <see cref="Durations.Round"/>.</summary>
    public static string Seconds(double seconds) => Durations.Round(seconds);

    /// <summary>A measurement in its unit.</summary>
    public static string Number(string name, string unit, double value)
    {
        if (name.Contains("expiry", StringComparison.Ordinal) || name.Contains("timestamp", StringComparison.Ordinal))
            return DateTimeOffset.FromUnixTimeSeconds((long)value).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return unit switch
        {
            "seconds" when name.Contains("_left_", StringComparison.Ordinal) => (value / SecondsPerDay).ToString("0.# 'days'", CultureInfo.InvariantCulture),
            "seconds" => Seconds(value),
            "ratio" => value.ToString("0.## %", CultureInfo.InvariantCulture),
            "bytes" => value.ToString("#,0 'bytes'", CultureInfo.InvariantCulture),
            _ => value.ToString("0.###", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Text that came from a peer, with control characters as visible stand-ins: it may not steer the terminal or turn its writing around.</summary>
    public static string Foreign(string text)
    {
        foreach (var c in text)
            if (Steers(c)) return string.Concat(text.Select(one => Steers(one) ? '\uFFFD' : one));
        return text;
    }

    /// <summary>Why: the fixed word and the sentence, or the sentence alone where it begins with the word anyway.</summary>
    public static string Because(string? reason, string? message)
    {
        if (message is null) return reason ?? "";
        var sentence = Foreign(message);
        return reason is null || sentence.StartsWith(reason, StringComparison.OrdinalIgnoreCase) ? sentence : $"{reason}: {sentence}";
    }

    /// <summary>How long, in the two largest units that say enough: <c>12s</c>, <c>5m</c>, <c>2h 5m</c>, <c>3d 4h</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)span.TotalSeconds)}s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}m"),
        { TotalHours: < 24 } => string.Create(CultureInfo.InvariantCulture, $"{span.Hours}h {span.Minutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.Days}d {span.Hours}h"),
    };

    /// <summary>How long ago: <c>3s ago</c>, or <c>now</c> for less than a second and for clocks that disagree.</summary>
    public static string Ago(TimeSpan span) => span < TimeSpan.FromSeconds(1) ? "now" : $"{Span(span)} ago";

    // Control characters; and of Unicode 15.1 table 23-3 the explicit marks that change the direction of what follows, and the two line separators.
    private static bool Steers(char c) => c is <= '\u001F' or (>= '\u007F' and <= '\u009F') or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>A time by the clock on the wall here.</summary>
    public static string Clock(DateTimeOffset at, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
