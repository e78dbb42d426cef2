using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>What SQLite refuses, as a sentence that says what to do.</summary>
internal static class Explanation
{
    // https://www.sqlite.org/rescode.html: 11 CORRUPT, 13 FULL, 26 NOTADB.
    public static string Of(SqliteException exception, string path, string what) => exception.SqliteErrorCode switch
    {
        11 or 26 when DataDirectoryOf(path) is { } data => $"{path} is damaged; stop the hub and put the last backup in its place with: vedette restore FILE --data {Quoted(data)}, or move it away to start anew",
        11 or 26 => $"{path} is damaged; use another backup",
        13 => $"{path} could not be written: its disk is full; make room there",
        _ => $"{path} {what}: {exception.Message.TrimEnd('.')}; see to its disk and its owner",
    };

    // Null of a backup: only where a hub has been at work lies its lock, and a backup may have any name.
    private static string? DataDirectoryOf(string path) =>
        Path.GetDirectoryName(path) is { } directory && path == Database.FileIn(directory) && File.Exists(Path.Combine(directory, "vedette.lock")) ? directory : null;

    // As a shell takes it.
    private static string Quoted(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
