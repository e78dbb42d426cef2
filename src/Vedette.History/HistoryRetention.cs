using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>Lets go of history from its old end, in steps that each take the writer a few milliseconds.</summary>
public static class HistoryRetention
{
    private const int PiecesInOneStep = 64;
    private const int BytesInOneStep = 1024 * 1024;
    private const int PiecesInExcess = 4096;
    private const int RowsInOneStep = 512;

    // The newest stays; those that compaction is done with it deletes itself, but for what is damaged so that nobody can.
    private const string Deletable = "number < (SELECT max(number) FROM history_batches) AND number > (SELECT iif(next_key = 9223372036854775807, up_to, 0) FROM history_compaction)";

    /// <summary>
    /// Deletes some of the batches and blocks whose results are all from before a time, the oldest first; how many. Each is deleted whole, however
    /// large. The newest batch always stays: its number is what the next one is counted from.
    /// </summary>
    public static int DeletePieces(SqliteConnection connection, DateTimeOffset before) =>
        connection.Execute(
            $"""
            DELETE FROM history_batches WHERE number IN (
              SELECT number FROM (
                SELECT number, sum(size) OVER (ORDER BY last_at, number) - size AS ahead FROM (
                  SELECT number, last_at, length(batch) AS size FROM history_batches
                  WHERE last_at < $1 AND {Deletable} ORDER BY last_at, number LIMIT $2))
              WHERE ahead < $3)
            """,
            Sql.Microseconds(before), PiecesInOneStep, BytesInOneStep)
        + connection.Execute(
            """
            DELETE FROM history_blocks WHERE block IN (
              SELECT block FROM (
                SELECT block, sum(size) OVER (ORDER BY last_at, block) - size AS ahead FROM (
                  SELECT block, last_at, length(data) AS size FROM history_blocks WHERE last_at < $1 ORDER BY last_at, block LIMIT $2))
              WHERE ahead < $3)
            """,
            Sql.Microseconds(before), PiecesInOneStep, BytesInOneStep);

    /// <summary>Deletes some of the gaps from before a time, and of the texts that only results from before it refer to; how many.</summary>
    public static int DeleteRest(SqliteConnection connection, DateTimeOffset before) =>
        connection.Execute(
            """
            DELETE FROM history_gaps WHERE (check_key, last_at, agent) IN (
              SELECT check_key, last_at, agent FROM history_gaps WHERE last_at < $1 ORDER BY last_at LIMIT $2)
            """,
            Sql.Microseconds(before), RowsInOneStep)
        + SharedTexts.Delete(connection, before, RowsInOneStep);

    /// <summary>The keys of the checks that are gone and have blocks or gaps still. To be asked where one reads: it takes a look at each check.</summary>
    public static IReadOnlyList<long> Gone(SqliteConnection connection) => [.. Gone(connection, "history_blocks").Union(Gone(connection, "history_gaps"))];

    /// <summary>Deletes some of the blocks and gaps of checks that are gone; how many.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="gone">Their keys.</param>
    public static int DeleteGone(SqliteConnection connection, IReadOnlyList<long> gone)
    {
        var keys = $"[{string.Join(',', gone)}]";
        return DeleteOf(connection, keys, "history_blocks", "block", PiecesInOneStep) + DeleteOf(connection, keys, "history_gaps", "check_key, last_at, agent", RowsInOneStep);
    }

    /// <summary>
    /// Before when history has to go for the database to come nearer to so many bytes; null when it takes no more than that, or nothing can
    /// go, or when nobody knows what it takes, see <see cref="UnusedPages"/>. To be asked again afterwards.
    /// </summary>
    public static DateTimeOffset? Excess(SqliteConnection connection, long bytes)
    {
        var excess = UsedBytes(connection) - bytes;
        if (excess <= 0 || UnusedPages.Any(connection)) return null;
        var last = connection.Scalar(
            $"""
            SELECT max(last_at) FROM (
              SELECT last_at, sum(size) OVER (ORDER BY last_at) - size AS ahead FROM (
                SELECT last_at, length(batch) AS size FROM history_batches WHERE {Deletable}
                UNION ALL
                SELECT last_at, length(data) FROM history_blocks ORDER BY last_at LIMIT $1))
            WHERE ahead < $2
            """,
            PiecesInExcess, excess);
        return last is long at ? DateTimeOffset.UnixEpoch.AddMicroseconds(at + 1) : null;
    }

    /// <summary>What the database takes, in bytes, without the pages that are free to be written again. Nearly all of it is history.</summary>
    public static long UsedBytes(SqliteConnection connection) =>
        (long)connection.Scalar("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size")!;

    private static int DeleteOf(SqliteConnection connection, string keys, string table, string row, int most) => connection.Execute(
        $"DELETE FROM {table} WHERE ({row}) IN (SELECT {row} FROM {table} WHERE check_key IN (SELECT value FROM json_each($1)) LIMIT $2)", keys, most);

    // Walks from one key to the next by the index instead of over all rows.
    private static List<long> Gone(SqliteConnection connection, string table) => connection.Rows(
        $"""
        WITH RECURSIVE known(key) AS (
          SELECT min(check_key) FROM {table}
          UNION ALL
          SELECT (SELECT min(check_key) FROM {table} WHERE check_key > known.key) FROM known WHERE known.key IS NOT NULL)
        SELECT key FROM known WHERE key IS NOT NULL AND key NOT IN (SELECT key FROM checks)
        """,
        row => row.GetInt64(0));
}
