using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>What SQLite refuses, as a sentence that says what to do.</summary>
internal static class Explanation
{
    // https://www.sqlite.org/rescode.html: 11 CORRUPT, 13 FULL, 26 NOTADB.
    public static string Of(SqliteException exception, string path, string what) => exception.SqliteErrorCode switch
    {
        11 or 26 => $"{path} is damaged; stop the hub and put the last backup in its place with: vedette restore FILE --data {Path.GetDirectoryName(path)}, or move it away to start anew",
        13 => $"{path} could not be written: its disk is full; make room there",
        _ => $"{path} {what}: {exception.Message.TrimEnd('.')}; see to its disk and its owner",
    };
}
