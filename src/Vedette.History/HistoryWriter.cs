using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.History;

/// <summary>Keeps batches as they came; compaction makes blocks of their results later.</summary>
public static class HistoryWriter
{
    /// <summary>Keeps a batch, within the caller's transaction.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="agent">Where it came from.</param>
    /// <param name="epoch">The stream it counts in.</param>
    /// <param name="batch">All of it is kept.</param>
    /// <param name="results">What it holds of checks that exist, all of it; at least one.</param>
    public static void Append(SqliteConnection connection, string agent, string epoch, ResultBatch batch, IReadOnlyList<Result> results)
    {
        var (first, last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        foreach (var result in results)
        {
            if (result.ScheduledAt < first) first = result.ScheduledAt;
            if (result.ScheduledAt > last) last = result.ScheduledAt;
        }

        var bytes = batch.ToByteArray();
        connection.Execute(
            "INSERT INTO history_batches (first_at, last_at, results, checksum, agent, epoch, batch) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            Sql.Microseconds(first), Sql.Microseconds(last), results.Count, (long)Checksum.Of(bytes, StoredBatch.Seed), agent, epoch, bytes);
    }
}
