namespace Vedette.Hub.Configuration;

/// <summary>How files look from outside: who compares two looks knows whether one of them was written, replaced or taken away.</summary>
internal sealed class WatchedFiles
{
    private readonly SortedDictionary<string, string> looks = new(StringComparer.Ordinal);

    private WatchedFiles()
    {
    }

    /// <summary>Length and time of the last write of each, whatever symbolic links lead to it. What another look has seen already is taken from there.</summary>
    public static WatchedFiles Look(IEnumerable<string> paths, WatchedFiles? earlier = null)
    {
        var seen = new WatchedFiles();
        foreach (var path in paths) seen.looks[path] = earlier?.looks.GetValueOrDefault(path) ?? Look(path);
        return seen;
    }

    /// <summary>Whether the same files look the same.</summary>
    public bool IsAs(WatchedFiles other) => looks.SequenceEqual(other.looks);

    private static string Look(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return FormattableString.Invariant($"{RandomAccess.GetLength(file)} {File.GetLastWriteTimeUtc(file).Ticks}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return e.GetType().Name;
        }
    }
}
