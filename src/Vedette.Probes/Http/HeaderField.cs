using System.Buffers;

namespace Vedette.Probes.Http;

/// <summary>A header field; the user's own are written <c>Name: value</c>.</summary>
internal readonly record struct HeaderField(string Name, string Value)
{
    // RFC 9110 section 5.6.2: the characters of a token.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Whether it has this name; case does not count.</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one; throws <see cref="FormatException"/> for what <see cref="Refuse"/> refuses.</summary>
    public static HeaderField Parse(string text) =>
        Refuse(text) is { } problem ? throw new FormatException(problem) : new(text[..text.IndexOf(':', StringComparison.Ordinal)], text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());

    /// <summary>What is wrong with a text, or null. Its value is not repeated, it may be a secret.</summary>
    public static string? Refuse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || text.AsSpan(0, colon).ContainsAnyExcept(Token)) return "a header is written 'Name: value'";
        if (text.Any(c => c is '\r' or '\n' or '\0')) return "a header is one line";
        return text[..colon].ToUpperInvariant() is "CONTENT-LENGTH" or "TRANSFER-ENCODING" or "CONNECTION"
            ? $"the header {text[..colon]} is the probe's own"
            : null;
    }
}
