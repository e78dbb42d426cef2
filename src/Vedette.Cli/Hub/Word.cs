namespace Vedette.Cli.Hub;

/// <summary>What an id may be, and a kind: a word that fits into a path and cannot steer a terminal.</summary>
internal static class Word
{
    private const int Longest = 64;

    public static bool Fits(string? word)
    {
        if (word is not { Length: > 0 and <= Longest } || !char.IsAsciiLetterOrDigit(word[0])) return false;
        foreach (var c in word)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')) return false;
        return true;
    }
}
