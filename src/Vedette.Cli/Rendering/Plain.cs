using System.Globalization;

namespace Vedette.Cli.Rendering;

/// <summary>Numbers and foreign text fit for a terminal.</summary>
internal static class Plain
{
    /// <summary>Three significant digits in the unit that suits: <c>812 µs</c>, <c>12.3 ms</c>, <c>1.50 s</c>.</summary>
    public static string Seconds(double seconds) => seconds switch
    {
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs"),
        < 0.01 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.00} ms"),
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.0} ms"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
    };

    /// <summary>A measurement in its unit.</summary>
    public static string Number(string name, string unit, double value)
    {
        if (name.Contains("expiry", StringComparison.Ordinal) || name.Contains("timestamp", StringComparison.Ordinal))
            return DateTimeOffset.FromUnixTimeSeconds((long)value).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return unit switch
        {
            "seconds" => Seconds(value),
            "ratio" => value.ToString("0.## %", CultureInfo.InvariantCulture),
            "bytes" => value.ToString("#,0 'bytes'", CultureInfo.InvariantCulture),
            _ => value.ToString("0.###", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Text that came from a peer, with control characters as visible stand-ins: it may not steer the terminal.</summary>
    public static string Foreign(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;
}
