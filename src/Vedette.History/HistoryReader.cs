using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.History;

/// <summary>A block of history: a batch and where it came from.</summary>
public sealed record HistoryBlock(long Block, string Agent, string Epoch, ResultBatch Batch)
{
    /// <summary>Its results, of the checks whose id is known.</summary>
    public List<Result> Results(Func<long, string?> checkId) => BatchDecoder.Decode(Batch, Agent, Epoch, checkId);
}

/// <summary>Reads results back.</summary>
public static class HistoryReader
{
    private const int Step = 64;

    /// <summary>The newest results of a check within a time, oldest first.</summary>
    /// <param name="connection">Any.</param>
    /// <param name="checkKey">The check's key.</param>
    /// <param name="checkId">The check's id.</param>
    /// <param name="from">The earliest slot.</param>
    /// <param name="to">The latest slot.</param>
    /// <param name="most">How many at most; the newest are kept.</param>
    /// <param name="status">Only of this status, when given.</param>
    public static List<Result> Newest(SqliteConnection connection, long checkKey, string checkId, DateTimeOffset from, DateTimeOffset to, int most, Status? status = null)
    {
        var found = new List<Result>();
        var before = long.MaxValue;
        while (found.Count < most)
        {
            var blocks = connection.Rows(
                """
                SELECT h.block, h.agent, h.epoch, h.batch FROM history_checks c JOIN history h ON h.block = c.block
                WHERE c.check_key = $1 AND c.block < $2 AND h.last_at >= $3 AND h.first_at <= $4 ORDER BY c.block DESC LIMIT $5
                """,
                Block, checkKey, before, Sql.Microseconds(from), Sql.Microseconds(to), Step);
            if (blocks.Count == 0) break;
            foreach (var block in blocks)
                found.AddRange(block.Results(key => key == checkKey ? checkId : null).Where(result => result.ScheduledAt >= from && result.ScheduledAt <= to && (status is null || result.Status == status)));
            before = blocks[^1].Block;
        }

        found.Sort((a, b) => a.ScheduledAt != b.ScheduledAt ? a.ScheduledAt.CompareTo(b.ScheduledAt) : a.StartedAt.CompareTo(b.StartedAt));
        return found.Count > most ? found[^most..] : found;
    }

    /// <summary>The blocks after one, oldest first.</summary>
    public static List<HistoryBlock> After(SqliteConnection connection, long block, int most) =>
        connection.Rows("SELECT block, agent, epoch, batch FROM history WHERE block > $1 ORDER BY block LIMIT $2", Block, block, most);

    private static HistoryBlock Block(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), ResultBatch.Parser.ParseFrom(row.GetFieldValue<byte[]>(3)));
}
