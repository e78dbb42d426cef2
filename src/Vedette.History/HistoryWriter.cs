using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.History;

/// <summary>Keeps batches as they came, and lets go of the oldest.</summary>
public static class HistoryWriter
{
    /// <summary>Keeps a batch as one block, within the caller's transaction.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="agent">Where it came from.</param>
    /// <param name="epoch">The stream it counts in.</param>
    /// <param name="batch">All of it is kept.</param>
    /// <param name="results">What it holds of checks that exist; at least one.</param>
    public static void Append(SqliteConnection connection, string agent, string epoch, ResultBatch batch, IReadOnlyList<Result> results)
    {
        var block = (long)connection.Scalar(
            "INSERT INTO history (agent, epoch, first_at, last_at, batch) VALUES ($1, $2, $3, $4, $5) RETURNING block",
            agent, epoch, Sql.Microseconds(results.Min(result => result.ScheduledAt)), Sql.Microseconds(results.Max(result => result.ScheduledAt)), batch.ToByteArray())!;
        foreach (var key in results.Select(result => result.CheckKey).Distinct())
            connection.Execute("INSERT INTO history_checks VALUES ($1, $2)", key, block);
    }

    /// <summary>Forgets that blocks hold results of a check; the blocks go with time.</summary>
    public static void Forget(SqliteConnection connection, long checkKey) => connection.Execute("DELETE FROM history_checks WHERE check_key = $1", checkKey);

    /// <summary>Deletes some of the blocks that ended before a time; how many.</summary>
    public static int DeleteBefore(SqliteConnection connection, DateTimeOffset before, int most)
    {
        var blocks = connection.Rows("SELECT block FROM history WHERE block < (SELECT max(block) FROM history) ORDER BY block LIMIT $1", row => row.GetInt64(0), most);
        var deleted = 0;
        foreach (var block in blocks)
        {
            if (connection.Execute("DELETE FROM history WHERE block = $1 AND last_at < $2", block, Sql.Microseconds(before)) == 0) break;
            connection.Execute("DELETE FROM history_checks WHERE block = $1", block);
            deleted++;
        }

        return deleted;
    }
}
