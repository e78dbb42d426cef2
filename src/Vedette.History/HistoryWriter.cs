using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.History;

/// <summary>Keeps batches as they came.</summary>
public static class HistoryWriter
{
    /// <summary>Keeps a batch as one block, within the caller's transaction.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="agent">Where it came from.</param>
    /// <param name="epoch">The stream it counts in.</param>
    /// <param name="batch">All of it is kept.</param>
    /// <param name="results">What it holds of checks that exist, all of it; at least one.</param>
    public static void Append(SqliteConnection connection, string agent, string epoch, ResultBatch batch, IReadOnlyList<Result> results)
    {
        var entries = BlockEntry.Of(results);
        var block = (long)connection.Scalar(
            "INSERT INTO history (agent, epoch, last_at, batch) VALUES ($1, $2, $3, $4) RETURNING block",
            agent, epoch, entries.Max(entry => entry.LastAt), batch.ToByteArray())!;
        foreach (var entry in entries)
            connection.Execute("INSERT INTO history_checks (check_key, last_at, block, span) VALUES ($1, $2, $3, $4)", entry.CheckKey, entry.LastAt, block, entry.Span);
    }
}
