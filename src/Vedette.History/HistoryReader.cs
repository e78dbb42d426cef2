using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.History;

/// <summary>Reads results back.</summary>
public static class HistoryReader
{
    private const int Step = 64;

    /// <summary>
    /// The newest results of a check within a time, oldest first. Newest is by slot, then by start, never by arrival: what an agent sends
    /// hours later stands where it belongs.
    /// </summary>
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
        if (most <= 0) return found;
        var (last, before) = (long.MaxValue, long.MaxValue);
        while (true)
        {
            // Once there are enough, only what ends at or after the oldest of them can still displace one.
            var floor = found.Count < most ? from : found[0].ScheduledAt;
            var blocks = connection.Rows(
                """
                SELECT h.block, h.agent, h.epoch, h.batch, c.last_at FROM history_checks c JOIN history h ON h.block = c.block
                WHERE c.check_key = $1 AND (c.last_at, c.block) < ($2, $3) AND c.last_at >= $4 AND c.last_at - c.span <= $5
                ORDER BY c.last_at DESC, c.block DESC LIMIT $6
                """,
                row => (Block: Block(row), LastAt: row.GetInt64(4)),
                checkKey, last, before, Sql.Microseconds(floor), Sql.Microseconds(to), Math.Min(Step, most));
            if (blocks.Count == 0) return found;
            (last, before) = (blocks[^1].LastAt, blocks[^1].Block.Block);
            foreach (var (block, _) in blocks)
                found.AddRange(block.Results(key => key == checkKey ? checkId : null).Where(result => result.ScheduledAt >= from && result.ScheduledAt <= to && (status is null || result.Status == status)));
            found.Sort(InTime);
            if (found.Count > most) found.RemoveRange(0, found.Count - most);
        }
    }

    /// <summary>
    /// The blocks that hold the newest results of some checks, in the order they came; each once, however many of the checks it is of. Read while
    /// the connection is the caller's.
    /// </summary>
    /// <param name="connection">Any.</param>
    /// <param name="checkKeys">The checks' keys.</param>
    /// <param name="most">How many blocks of each check; each holds at least one result of it.</param>
    public static IEnumerable<HistoryBlock> Newest(SqliteConnection connection, IEnumerable<long> checkKeys, int most)
    {
        var blocks = new HashSet<long>();
        foreach (var key in checkKeys)
            blocks.UnionWith(connection.Rows("SELECT block FROM history_checks WHERE check_key = $1 ORDER BY last_at DESC, block DESC LIMIT $2", row => row.GetInt64(0), key, most));
        return blocks.Order().SelectMany(block => connection.Rows("SELECT block, agent, epoch, batch FROM history WHERE block = $1", Block, block));
    }

    /// <summary>The blocks after one, in the order they came.</summary>
    public static List<HistoryBlock> After(SqliteConnection connection, long block, int most) =>
        connection.Rows("SELECT block, agent, epoch, batch FROM history WHERE block > $1 ORDER BY block LIMIT $2", Block, block, most);

    private static int InTime(Result a, Result b)
    {
        if (a.ScheduledAt != b.ScheduledAt) return a.ScheduledAt.CompareTo(b.ScheduledAt);
        return a.StartedAt != b.StartedAt ? a.StartedAt.CompareTo(b.StartedAt) : string.CompareOrdinal(a.Agent, b.Agent);
    }

    private static HistoryBlock Block(SqliteDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetString(2), ResultBatch.Parser.ParseFrom(row.GetFieldValue<byte[]>(3)));
}
