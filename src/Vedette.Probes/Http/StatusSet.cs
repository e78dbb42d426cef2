using System.Globalization;

namespace Vedette.Probes.Http;

/// <summary>The status codes that count as success, written <c>200-299,404</c>.</summary>
internal sealed class StatusSet
{
    private readonly List<(int First, int Last)> ranges = [];

    /// <summary>Reads it from its parts; a part that is none throws <see cref="FormatException"/>.</summary>
    public StatusSet(IEnumerable<string> parts)
    {
        foreach (var part in parts) ranges.Add(TryRead(part, out var range) ? range : throw new FormatException($"'{part}' is no range of status codes."));
    }

    /// <summary>Whether a code is in it.</summary>
    public bool Contains(int status) => ranges.Exists(range => status >= range.First && status <= range.Last);

    /// <summary>What is wrong with the option's text, or null.</summary>
    public static string? Refuse(string text)
    {
        var bad = text.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(part => !TryRead(part, out _));
        return bad is null ? null : $"'{bad}' is not a status code or a range such as 200-299";
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(",", ranges.Select(r => r.First == r.Last ? r.First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{r.First}-{r.Last}")));

    // RFC 9110 section 15: three digits, 100 to 599; other first digits are seen in the wild and may be expected too.
    private static bool TryRead(string part, out (int First, int Last) range)
    {
        var ends = part.Split('-');
        range = default;
        if (ends.Length > 2 || !TryCode(ends[0], out var first) || !TryCode(ends[^1], out var last)) return false;
        range = (first, last);
        return first <= last;
    }

    private static bool TryCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= 100 and <= 999;
}
