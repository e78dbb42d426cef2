using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>What became of the batches that wait, because pages of them were damaged.</summary>
/// <param name="Kept">How many could be read.</param>
/// <param name="Lost">The numbers of those that could not, as far as they are known.</param>
/// <param name="IsAll">Whether there are no others.</param>
/// <param name="Problem">Why nothing could be made anew, so that all is as it was; null when it was.</param>
public sealed record BatchLoss(int Kept, IReadOnlyList<long> Lost, bool IsAll, string? Problem = null);

/// <summary>
/// Makes the table of batches and its index anew when pages of either cannot be walked any more: SQLite can neither change nor drop what is on
/// such a page, and without them nothing can be stored, compacted or let go of. The damaged pages stay in the file unused, until it is copied; see
/// <see cref="UnusedPages"/>.
/// </summary>
internal static class BatchRescue
{
    private const string Table = "history_batches";
    private const string Index = "history_batches_last_at";
    private const string Columns = "number, first_at, last_at, results, checksum, agent, epoch, batch";
    private const string ByTable = $"SELECT number FROM {Table} NOT INDEXED ORDER BY number";
    private const string ByTableBackwards = $"{ByTable} DESC";
    private const string ByIndex = $"SELECT number FROM {Table} INDEXED BY {Index}";

    // Each takes some microseconds to be looked for.
    private const long MostProbed = 1 << 20;

    // https://www.sqlite.org/rescode.html#corrupt
    private const int Corrupt = 11;

    // https://www.sqlite.org/rescode.html#constraint: a value that no batch has.
    private const int Unfit = 19;

    // A number that stands on a damaged page is believed only so far from the others, and none this high was ever given.
    private const long Sane = 1_000_000;
    private const long Highest = 1L << 53;

    /// <summary>
    /// Looks at the pages that lead to every batch, and at none that only hold the rest of one; null when they are sound, or when so much else is
    /// damaged that nothing can be made anew: whoever reads that hears of it.
    /// </summary>
    /// <param name="connection">One that looks.</param>
    /// <param name="file">What it looks at.</param>
    /// <param name="terms">The pragmas of the connection that writes.</param>
    public static BatchLoss? Run(SqliteConnection connection, string file, params ReadOnlySpan<string> terms)
    {
        try
        {
            if (IsSound(connection)) return null;
            using var damaged = PreparingConnection.Open(file, SqliteOpenMode.ReadOnly);
            using var mended = PreparingConnection.Open(file, SqliteOpenMode.ReadWrite, terms);

            // What was there is read as it was, while the new is written. It ends with the connection: where damage was met nothing can be committed.
            damaged.Execute("BEGIN");
            return Rebuild(damaged, mended);
        }
        catch (SqliteException e)
        {
            // What was begun went with its connection. A start needs nothing of this.
            return e.SqliteErrorCode == Corrupt ? null : new(0, [], IsAll: false, Explanation.Of(e, file, "could not be mended"));
        }
    }

    private static bool IsSound(SqliteConnection connection)
    {
        var (byTable, byIndex) = (new List<long>(), new List<long>());
        return Walk(connection, ByTable, byTable) && Walk(connection, ByIndex, byIndex) && byTable.Count == byIndex.Count;
    }

    private static BatchLoss Rebuild(SqliteConnection damaged, SqliteConnection mended)
    {
        var numbers = Numbers(damaged, out var isAll);
        isAll &= numbers.RemoveWhere(number => number > Highest) == 0;
        var (done, newest, kept, lost) = (Done(damaged), Last(damaged), 0, new List<long>());
        mended.Execute("BEGIN IMMEDIATE");
        Replace(mended);
        foreach (var number in numbers)
        {
            if (!TryCopy(damaged, mended, number, out var found)) lost.Add(number);
            else if (!found) isAll = false;
            if (!found) continue;
            kept++;
            newest = Math.Max(newest, number);
        }

        // A number is never given twice, be it that of a batch that is lost.
        var believed = newest + Sane;
        Count(mended, Math.Max(newest, numbers.LastOrDefault(number => number <= believed)));
        UnusedPages.Note(mended);
        mended.Execute("COMMIT");

        // What is in blocks already was only to be deleted.
        lost.RemoveAll(number => number <= done);
        return new(kept, lost, isAll);
    }

    // In the order of the schema: the index is of the table. What the schema does not name is no part of the database any more. The newest batch may be
    // lost, so that the next number is no longer to be had from the table alone.
    private static void Replace(SqliteConnection mended)
    {
        var schema = mended.Rows("SELECT sql FROM sqlite_master WHERE name IN ($1, $2) ORDER BY type DESC", row => row.GetString(0), Table, Index);
        mended.Execute("PRAGMA writable_schema = ON");
        mended.Execute("DELETE FROM sqlite_master WHERE name IN ($1, $2)", Table, Index);
        mended.Execute("PRAGMA writable_schema = RESET");
        foreach (var sql in schema) mended.Execute(sql.Replace("INTEGER PRIMARY KEY,", "INTEGER PRIMARY KEY AUTOINCREMENT,", StringComparison.Ordinal));
    }

    // https://www.sqlite.org/autoinc.html
    private static void Count(SqliteConnection mended, long newest)
    {
        mended.Execute("DELETE FROM sqlite_sequence WHERE name = $1", Table);
        mended.Execute("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", Table, newest);
    }

    // By whatever can be walked, from either end; what lies between is looked for one by one when the index does not tell.
    private static SortedSet<long> Numbers(SqliteConnection damaged, out bool isWhole)
    {
        var (forwards, backwards, byIndex) = (new List<long>(), new List<long>(), new List<long>());
        var isTableWhole = Walk(damaged, ByTable, forwards);
        isWhole = Walk(damaged, ByIndex, byIndex) || isTableWhole;
        if (!isTableWhole) Walk(damaged, ByTableBackwards, backwards);
        var numbers = new SortedSet<long>(forwards.Concat(backwards).Concat(byIndex));
        if (isWhole || numbers.Count == 0) return numbers;
        var (from, to) = (forwards.Count == 0 ? numbers.Min : forwards[^1], backwards.Count == 0 ? numbers.Max : backwards[^1]);
        for (var number = from; number < to && number - from < MostProbed; number++) numbers.Add(number);
        return numbers;
    }

    // What others have noted of the newest.
    private static long Last(SqliteConnection damaged) => (long)damaged.Scalar(
        """
        SELECT max(up_to, coalesce((SELECT max(batch) FROM projections), 0), coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = $1), 0))
        FROM history_compaction
        """,
        Table)!;

    // Up to which all is in blocks.
    private static long Done(SqliteConnection damaged) => (long)damaged.Scalar("SELECT iif(next_key = $1, up_to, 0) FROM history_compaction", long.MaxValue)!;

    // False when it is there and cannot be read, or is no batch. What cannot be written is no loss: it ends all of this.
    private static bool TryCopy(SqliteConnection damaged, SqliteConnection mended, long number, out bool found)
    {
        found = false;
        if (Read(damaged, number) is not { } read) return false;
        if (read is not [var values]) return true;
        try
        {
            mended.Execute($"INSERT INTO {Table} ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", values);
            return found = true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Unfit)
        {
            return false;
        }
    }

    private static List<object?[]>? Read(SqliteConnection damaged, long number)
    {
        try
        {
            return damaged.Rows($"SELECT {Columns} FROM {Table} WHERE number = $1", Values, number);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Corrupt)
        {
            return null;
        }
    }

    private static object?[] Values(SqliteDataReader row)
    {
        var values = new object?[row.FieldCount];
        for (var column = 0; column < values.Length; column++) values[column] = row.IsDBNull(column) ? null : row.GetValue(column);
        return values;
    }

    // Whether it came to the end.
    private static bool Walk(SqliteConnection connection, string sql, List<long> numbers)
    {
        try
        {
            connection.Rows(sql, row =>
            {
                numbers.Add(row.GetInt64(0));
                return true;
            });
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Corrupt)
        {
            return false;
        }
    }
}
