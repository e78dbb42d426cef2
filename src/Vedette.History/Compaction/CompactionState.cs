using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>How far compaction is.</summary>
/// <param name="UpTo">Of batches up to this number ...</param>
/// <param name="NextKey">... the results of checks below this key are in blocks already.</param>
internal readonly record struct CompactionState(long UpTo, long NextKey)
{
    public static CompactionState Find(SqliteConnection connection) =>
        connection.Rows("SELECT up_to, next_key FROM history_compaction", row => new CompactionState(row.GetInt64(0), row.GetInt64(1)))[0];

    public int Put(SqliteConnection connection) => connection.Execute("UPDATE history_compaction SET up_to = $1, next_key = $2", UpTo, NextKey);
}
