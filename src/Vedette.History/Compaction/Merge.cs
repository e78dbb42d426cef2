using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// What becomes of a check's new results: a small block of their own; or, with the eighth of a size, one larger block in the place of all eight. A
/// result is so written three times until its block is full, and a check never has more than some small blocks to be read one by one.
/// </summary>
internal sealed class Merge
{
    private const int Together = 8;
    private const int FullResults = 1024;

    // The level of blocks that are not merged any more; the index of small ones ends below it.
    private const int Full = 9;

    // So much goes at once when it is too old, or when its block is damaged.
    private const long FullSpan = 6 * 3_600_000_000L;

    // A block with so many characters in its texts goes unmerged from then on, and none has more than twice as many, but for a single result that has.
    private const long FullTexts = 1 << 20;

    private readonly long checkKey;
    private readonly List<HistoryPiece> merged = [];
    private readonly List<HistoryPiece> unreadable = [];
    private readonly List<Made> blocks = [];
    private readonly Database database;

    private Merge(Database database, long checkKey) => (this.database, this.checkKey) = (database, checkKey);

    /// <summary>About how many bytes it holds until it is written.</summary>
    public long Size => blocks.Sum(block => block.Writer.Size);

    /// <summary>Reads what is merged, and works out what it becomes; no result is held afterwards.</summary>
    public static Merge Of(Database database, PieceReader pieces, long checkKey, IReadOnlyList<Result> fresh)
    {
        var merge = new Merge(database, checkKey);
        var results = new List<Result>(fresh);
        var level = 0;
        foreach (var small in database.Read(connection => Small(connection, checkKey)).GroupBy(block => block.Level))
        {
            if (small.Key != level || small.Count() < Together - 1) break;
            foreach (var (piece, _) in small)
            {
                var read = pieces.ReadWhole(piece, new HistoryQuery(checkKey, "")) ?? [];
                if (read.Count > 0) merge.merged.Add(piece);
                else if (pieces.IsThere(piece)) merge.unreadable.Add(piece);
                results.AddRange(read);
            }

            level++;
        }

        results.Sort(Place.Compare);
        merge.Add(results, level);
        return merge;
    }

    /// <summary>Stores it in the place of what it was made of, unless the check is gone.</summary>
    public void Write(SqliteConnection connection)
    {
        foreach (var piece in merged) connection.Execute("DELETE FROM history_blocks WHERE block = $1", piece.Number);
        foreach (var piece in unreadable) connection.Execute("UPDATE history_blocks SET level = $2 WHERE block = $1", piece.Number, Full);
        if (connection.Scalar("SELECT 1 FROM checks WHERE key = $1", checkKey) is null) return;
        foreach (var block in blocks)
            connection.Execute(
                "INSERT INTO history_blocks (check_key, first_at, last_at, results, level, data) VALUES ($1, $2, $3, $4, $5, $6)",
                checkKey, block.FirstAt, block.LastAt, block.Results, block.Level, block.Writer.Write(checkKey, SharedTexts.Keep(connection, block.Texts, block.LastAt)));
    }

    private static List<(HistoryPiece Piece, long Level)> Small(SqliteConnection connection, long checkKey) => connection.Rows(
        "SELECT block, first_at, last_at, level FROM history_blocks WHERE check_key = $1 AND level < 9 ORDER BY level, block",
        row => (new HistoryPiece(IsBatch: false, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), row.GetInt64(3)), checkKey);

    private void Add(List<Result> results, int level)
    {
        var (part, texts, seen) = (new List<Result>(), 0L, new HashSet<string>());
        foreach (var result in results)
        {
            var more = Length(result, seen);
            if (part.Count == FullResults * 2 || (part.Count > 0 && texts + more > FullTexts * 2))
            {
                Add(part, texts, level);
                (part, texts, seen) = ([], 0L, []);
                more = Length(result, seen);
            }

            part.Add(result);
            texts += more;
        }

        if (part.Count > 0) Add(part, texts, level);
    }

    private void Add(List<Result> part, long texts, int level)
    {
        var (first, last) = (Sql.Microseconds(part[0].ScheduledAt), Sql.Microseconds(part[^1].ScheduledAt));
        var isFull = part.Count >= FullResults || last - first >= FullSpan || texts >= FullTexts;
        var writer = new BlockWriter(part);
        blocks.Add(new(writer, [.. writer.Shareable.Select(text => SharedTexts.Look(database.Reads, text))], first, last, part.Count, isFull ? Full : Math.Min(level, Full - 1)));
    }

    // How many characters a result adds; a long text that was seen before adds nothing, and short ones are not worth to be remembered.
    private static long Length(Result result, HashSet<string> seen)
    {
        var length = Of(result.Reason) + Of(result.Message) + Of(result.Details);
        foreach (var attribute in result.Attributes) length += Of(attribute.Value);
        return length;

        long Of(string? text) => text is null || (text.Length >= BlockTexts.ShortestShared && !seen.Add(text)) ? 0 : text.Length;
    }

    private sealed record Made(BlockWriter Writer, List<SharedText> Texts, long FirstAt, long LastAt, int Results, int Level);
}
