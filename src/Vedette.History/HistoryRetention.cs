using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// Lets go of history from its old end, in steps that each take the writer a few milliseconds. First blocks go, then the entries of
/// <c>history_checks</c> that pointed to them; in between an entry points to nothing and is read as nothing.
/// </summary>
public static class HistoryRetention
{
    private const int BlocksInOneStep = 64;
    private const int BytesInOneStep = 1024 * 1024;
    private const int BlocksInExcess = 4096;

    /// <summary>
    /// Deletes some of the blocks whose results are all from before a time, the oldest first; how many. A block is deleted whole, however
    /// large. The newest block always stays: its number is what the next one is counted from.
    /// </summary>
    public static int DeleteBlocks(SqliteConnection connection, DateTimeOffset before) => connection.Execute(
        """
        DELETE FROM history WHERE block IN (
          SELECT block FROM (
            SELECT block, sum(size) OVER (ORDER BY last_at, block) - size AS ahead FROM (
              SELECT block, last_at, length(batch) AS size FROM history
              WHERE last_at < $1 AND block < (SELECT max(block) FROM history) ORDER BY last_at, block LIMIT $2))
          WHERE ahead < $3)
        """,
        Sql.Microseconds(before), BlocksInOneStep, BytesInOneStep);

    /// <summary>The keys of all checks that history points to, also of checks that are gone.</summary>
    public static List<long> Keys(SqliteConnection connection) => connection.Rows(
        """
        WITH RECURSIVE known(key) AS (
          SELECT min(check_key) FROM history_checks
          UNION ALL
          SELECT (SELECT min(check_key) FROM history_checks WHERE check_key > known.key) FROM known WHERE known.key IS NOT NULL)
        SELECT key FROM known WHERE key IS NOT NULL
        """,
        row => row.GetInt64(0));

    /// <summary>Deletes some of the entries of a check from before a time, or at any time when the check is gone; how many.</summary>
    public static int DeleteEntries(SqliteConnection connection, long checkKey, DateTimeOffset before, int most) => connection.Execute(
        """
        DELETE FROM history_checks WHERE check_key = $1 AND (last_at, block) IN (
          SELECT last_at, block FROM history_checks
          WHERE check_key = $1 AND last_at < iif(EXISTS (SELECT 1 FROM checks WHERE key = $1), $2, 9223372036854775807) ORDER BY last_at, block LIMIT $3)
        """,
        checkKey, Sql.Microseconds(before), most);

    /// <summary>
    /// Before when history has to go for the database to come nearer to so many bytes; null when it takes no more than that, or nothing can
    /// go. To be asked again afterwards.
    /// </summary>
    public static DateTimeOffset? Excess(SqliteConnection connection, long bytes)
    {
        if (UsedBytes(connection) <= bytes) return null;
        var last = connection.Scalar(
            "SELECT max(last_at) FROM (SELECT last_at FROM history WHERE block < (SELECT max(block) FROM history) ORDER BY last_at LIMIT $1)", BlocksInExcess);
        return last is long at ? DateTimeOffset.UnixEpoch.AddMicroseconds(at + 1) : null;
    }

    /// <summary>What the database takes, in bytes, without the pages that are free to be written again. Nearly all of it is history.</summary>
    public static long UsedBytes(SqliteConnection connection) =>
        (long)connection.Scalar("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size")!;
}
