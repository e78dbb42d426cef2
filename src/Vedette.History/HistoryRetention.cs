using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>A block that is to go, with everything that points to it.</summary>
public sealed record SpentBlock(long Block, IReadOnlyCollection<BlockEntry> Entries);

/// <summary>
/// Finds what history is to let go of next. It is looked for on a reading connection, so that the writing one only deletes. The newest block
/// always stays: its number is what the next one is counted from.
/// </summary>
public static class HistoryRetention
{
    // A step is what the writer deletes in one transaction, in a few milliseconds; one block is deleted whole, however large.
    private const int MostBlocks = 64;
    private const long MostBytes = 256 * 1024;

    /// <summary>Some of the blocks whose results are all from before a time, the oldest of them first.</summary>
    public static List<SpentBlock> Before(SqliteConnection connection, DateTimeOffset before) =>
        Step(connection, "SELECT block, length(batch) FROM history WHERE last_at < $1 AND block < (SELECT max(block) FROM history) ORDER BY last_at LIMIT $2", Sql.Microseconds(before), MostBlocks);

    /// <summary>
    /// Some of the blocks that came first while the database takes more than so many bytes; arrival, because an agent whose clock is ahead
    /// must not push out everyone else's.
    /// </summary>
    public static List<SpentBlock> Beyond(SqliteConnection connection, long bytes) => UsedBytes(connection) <= bytes
        ? []
        : Step(connection, "SELECT block, length(batch) FROM history WHERE block < (SELECT max(block) FROM history) ORDER BY block LIMIT $1", MostBlocks);

    /// <summary>What the database takes, in bytes, without the pages that are free to be written again. Nearly all of it is history.</summary>
    public static long UsedBytes(SqliteConnection connection) =>
        (long)connection.Scalar("SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size")!;

    private static List<SpentBlock> Step(SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var spent = new List<SpentBlock>();
        var room = MostBytes;
        foreach (var (block, size) in connection.Rows(sql, row => (Block: row.GetInt64(0), Size: row.GetInt64(1)), values))
        {
            if (spent.Count > 0 && size > room) break;
            room -= size;
            // Of every check it was kept for, whether that is still there or not.
            if (HistoryReader.Find(connection, block) is { } found) spent.Add(new SpentBlock(block, BlockEntry.Of(found.Results(_ => ""))));
        }

        return spent;
    }
}
