using System.Globalization;

namespace Vedette;

/// <summary>Durations as people write them: a number and one of <c>us ms s m h d</c>, such as <c>20ms</c>, <c>2s</c>, <c>1.5h</c>.</summary>
public static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units =
        [("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    /// <summary>Reads one; false for anything without a unit, negative, or beyond what a <see cref="TimeSpan"/> holds.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        var digits = text.Length - text.TrimStart("0123456789.").Length;
        if (digits <= 0) return false;
        if (!double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        foreach (var (unit, seconds) in Units)
            if (text[digits..].SequenceEqual(unit))
            {
                var ticks = Math.Round(number * seconds * TimeSpan.TicksPerSecond);
                if (ticks > long.MaxValue / 2) return false;
                duration = new TimeSpan((long)ticks);
                return true;
            }

        return false;
    }

    /// <summary>Writes it in the largest unit that keeps it a whole number, so that reading it again gives the same.</summary>
    public static string Format(TimeSpan duration)
    {
        foreach (var (unit, seconds) in Units.Reverse())
        {
            var ticks = (long)(seconds * TimeSpan.TicksPerSecond);
            if (duration.Ticks >= ticks && duration.Ticks % ticks == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.####}ms");
    }

    /// <summary>Writes measured seconds for people, with a sign only when negative and about three digits in the unit that suits: <c>812 µs</c>, <c>12.3 ms</c>, <c>1.50 s</c>.</summary>
    public static string Round(double seconds) => Math.Abs(seconds) switch
    {
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs"),
        < 0.01 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.00} ms"),
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.0} ms"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0} ms"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:#,0} s"),
    };
}
