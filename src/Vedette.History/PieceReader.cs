using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>Reads one batch or block after the other. What is damaged is told, costs only itself, and is read as nothing.</summary>
internal sealed class PieceReader(DatabaseReads database, Action<HistoryDamage> damaged)
{
    private const string NotStored = "its bytes are not those that were stored";
    private const int MostTexts = 1024;

    // Checks share texts, and blocks that follow each other nearly always do.
    private readonly Dictionary<long, string> texts = [];

    /// <summary>The results that a query takes, in the order of their places; null when the piece is not there any more.</summary>
    /// <param name="piece">Which.</param>
    /// <param name="query">Of which check, and when.</param>
    /// <param name="newest">Only so many of the newest of a block need to be read.</param>
    public List<Result>? Read(HistoryPiece piece, HistoryQuery query, int newest) => Read(piece, query, newest, out _);

    /// <summary>All results of a block; none of one of which anything, be it a text, cannot be had: whoever wrote them anew would lose it for good.</summary>
    public List<Result>? ReadWhole(HistoryPiece piece, HistoryQuery query) => Read(piece, query, int.MaxValue, out var isWhole) is { } results ? isWhole ? results : [] : null;

    /// <summary>Whether a piece is there, and the database can give it.</summary>
    public bool IsThere(HistoryPiece piece)
    {
        try
        {
            return piece.IsBatch ? Batch(piece.Number).Count > 0 : Block(piece.Number).Count > 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>What the batches up to a number hold, one after the other in the order they came.</summary>
    /// <param name="upTo">The last.</param>
    /// <param name="held">What one holds; null when it is not what was stored.</param>
    public IEnumerable<T> OfBatches<T>(long upTo, Func<StoredBatch, IEnumerable<T>?> held) => Batches(upTo).SelectMany(number => OfBatch(number, held));

    /// <summary>The numbers of the batches up to one. By the index, so that a page of batches that is damaged hides none behind it.</summary>
    public List<long> Batches(long upTo) => database.Read(connection => connection.Rows(
        "SELECT number FROM history_batches INDEXED BY history_batches_last_at WHERE number <= $1 ORDER BY number", row => row.GetInt64(0), upTo));

    /// <summary>Reads a text, and tells when it is not what was stored.</summary>
    public void Check(long text)
    {
        try
        {
            database.ReadSound(connection => SharedTexts.Find(connection, text));
        }
        catch (InvalidDataException e)
        {
            damaged(new($"text {text}", null, null, null, e.Message));
        }
    }

    /// <summary>The batch after one; null after the last.</summary>
    public static HistoryPiece? NextBatch(SqliteConnection connection, long after) => First(connection.Rows(
        "SELECT number, first_at, last_at FROM history_batches WHERE number > $1 ORDER BY number LIMIT 1",
        row => new HistoryPiece(IsBatch: true, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), after));

    /// <summary>The block after one, and whose it is; null after the last.</summary>
    public static (HistoryPiece Piece, long CheckKey)? NextBlock(SqliteConnection connection, long after) => First(connection.Rows(
        "SELECT block, first_at, last_at, check_key FROM history_blocks WHERE block > $1 ORDER BY block LIMIT 1",
        row => (new HistoryPiece(IsBatch: false, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), row.GetInt64(3)), after));

    private static T? First<T>(List<T> found)
        where T : struct => found.Count == 0 ? null : found[0];

    private List<Result>? Read(HistoryPiece piece, HistoryQuery query, int newest, out bool isWhole)
    {
        isWhole = true;
        try
        {
            var results = piece.IsBatch ? ReadBatch(piece, query) : ReadBlock(piece, query, newest, out isWhole);
            results?.RemoveAll(result => !query.Takes(result));
            return results;
        }
        catch (InvalidDataException e)
        {
            damaged(new(piece.ToString(), piece.IsBatch ? null : query.CheckKey, Time(piece.FirstAt), Time(piece.LastAt), e.Message));
            return [];
        }
    }

    private List<Result>? ReadBatch(HistoryPiece piece, HistoryQuery query)
    {
        if (Batch(piece.Number) is not [var found]) return null;
        var results = found.Results(key => key == query.CheckKey ? query.CheckId : null) ?? throw new InvalidDataException(NotStored);
        results.Sort(Place.Compare);
        return results;
    }

    private List<Result>? ReadBlock(HistoryPiece piece, HistoryQuery query, int newest, out bool isWhole)
    {
        isWhole = true;
        if (Block(piece.Number) is not [var found]) return null;
        var lost = new List<HistoryDamage>();
        var results = BlockReader.Read(found, query.CheckKey, query.CheckId, Sql.Microseconds(query.From), Sql.Microseconds(query.To), newest, TextOf, query.Agent);
        isWhole = lost.Count == 0;

        // A block that was let go of meanwhile went before its texts.
        if (!isWhole && !IsThere(piece)) return null;
        lost.ForEach(damaged);
        return results;

        string? TextOf(long id)
        {
            var text = Text(id, out var problem);
            if (text is null) lost.Add(new($"text {id}", query.CheckKey, Time(piece.FirstAt), Time(piece.LastAt), problem));
            return text;
        }
    }

    private IEnumerable<T> OfBatch<T>(long number, Func<StoredBatch, IEnumerable<T>?> held)
    {
        try
        {
            return Batch(number) is [var found] ? held(found) ?? throw new InvalidDataException(NotStored) : [];
        }
        catch (InvalidDataException e)
        {
            damaged(new($"batch {number}", null, null, null, e.Message));
            return [];
        }
    }

    private List<StoredBatch> Batch(long number) =>
        database.ReadSound(connection => connection.Rows($"SELECT {StoredBatch.Columns} FROM history_batches WHERE number = $1", StoredBatch.Of, number));

    private List<byte[]> Block(long number) =>
        database.ReadSound(connection => connection.Rows("SELECT data FROM history_blocks WHERE block = $1", row => row.GetFieldValue<byte[]>(0), number));

    private string? Text(long id, out string problem)
    {
        problem = "";
        lock (texts)
            if (texts.TryGetValue(id, out var known)) return known;
        try
        {
            if (database.ReadSound(connection => SharedTexts.Find(connection, id)) is { } text) return Keep(id, text);
            problem = "it is not there";
        }
        catch (InvalidDataException e)
        {
            problem = e.Message;
        }

        return null;
    }

    private string Keep(long id, string text)
    {
        lock (texts)
        {
            if (texts.Count >= MostTexts) texts.Clear();
            return texts[id] = text;
        }
    }

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
