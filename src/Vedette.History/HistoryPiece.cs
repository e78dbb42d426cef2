using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>A batch or a block that may hold results of a check, and from when to when, in microseconds since the Unix epoch.</summary>
internal readonly record struct HistoryPiece(bool IsBatch, long Number, long FirstAt, long LastAt)
{
    /// <summary>How people call it.</summary>
    public override string ToString() => $"{(IsBatch ? "batch" : "block")} {Number}";

    /// <summary>
    /// All that may hold results of a check within a time. One statement, so that it sees a moment: what is being compacted is in its batches or in
    /// its block, never in both or neither.
    /// </summary>
    public static List<HistoryPiece> Of(SqliteConnection connection, long checkKey, DateTimeOffset from, DateTimeOffset to) => connection.Rows(
        """
        SELECT 1, number, first_at, last_at FROM history_batches, history_compaction WHERE last_at >= $2 AND first_at <= $3 AND (number > up_to OR $1 >= next_key)
        UNION ALL
        SELECT 0, block, first_at, last_at FROM history_blocks WHERE check_key = $1 AND last_at >= $2 AND first_at <= $3
        """,
        row => new HistoryPiece(row.GetInt64(0) == 1, row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
        checkKey, Sql.Microseconds(from), Sql.Microseconds(to));
}
