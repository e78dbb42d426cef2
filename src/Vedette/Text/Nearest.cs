namespace Vedette;

/// <summary>Finds the known word a mistyped one was probably meant to be.</summary>
public static class Nearest
{
    /// <summary>The candidate within two edits (a third of the length for short words), or null.</summary>
    public static string? To(string word, IEnumerable<string> candidates) =>
        candidates
            // Words of very different length are never near, and a table of their letters could be as large as a request.
            .Where(candidate => Math.Abs(word.Length - candidate.Length) <= Most(word, candidate))
            .Select(candidate => (Candidate: candidate, Distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .Where(pair => pair.Distance <= Most(word, pair.Candidate))
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Candidate)
            .FirstOrDefault();

    /// <summary>A sentence part that offers the nearest candidate, or lists them all when none is near.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> candidates) =>
        To(word, candidates) is { } near ? $"did you mean '{near}'?" : $"known are: {string.Join(", ", candidates)}";

    private static int Most(string word, string candidate) => Math.Max(1, Math.Min(word.Length, candidate.Length) / 3);

    // Optimal string alignment: insert, delete, replace, and swap of two neighbours cost one each.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                var best = Math.Min(replace, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = Math.Min(best, table[i - 2, j - 2] + 1);
                table[i, j] = best;
            }

        return table[a.Length, b.Length];
    }
}
