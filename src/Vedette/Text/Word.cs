namespace Vedette;

/// <summary>What an id may be, and a kind: <c>[A-Za-z0-9][A-Za-z0-9._-]{0,63}</c>, which fits into a path and a file name, and cannot steer a terminal.</summary>
public static class Word
{
    private const int Longest = 64;

    /// <summary>Whether it is one.</summary>
    public static bool Fits(string? word)
    {
        if (word is not { Length: > 0 and <= Longest } || !char.IsAsciiLetterOrDigit(word[0])) return false;
        foreach (var c in word)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) return false;
        return true;
    }
}
