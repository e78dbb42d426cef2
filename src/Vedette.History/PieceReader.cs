using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>Reads one batch or block after the other. What is damaged is told, costs only itself, and is read as nothing.</summary>
internal sealed class PieceReader(DatabaseReads database, Action<HistoryDamage> damaged)
{
    private const int Corrupt = 11;
    private const int MostTexts = 1024;

    // Checks share texts, and blocks that follow each other nearly always do.
    private readonly Dictionary<long, string?> texts = [];

    /// <summary>The results that a query takes, in the order of their places; null when the piece is not there any more.</summary>
    /// <param name="piece">Which.</param>
    /// <param name="query">Of which check, and when.</param>
    /// <param name="newest">Only so many of the newest of a block need to be read.</param>
    public List<Result>? Read(HistoryPiece piece, HistoryQuery query, int newest)
    {
        try
        {
            var results = piece.IsBatch ? ReadBatch(piece, query) : ReadBlock(piece, query, newest);
            results?.RemoveAll(result => !query.Takes(result));
            return results;
        }
        catch (InvalidDataException e)
        {
            damaged(new(piece.ToString(), piece.IsBatch ? null : query.CheckKey, Time(piece.FirstAt), Time(piece.LastAt), e.Message));
            return [];
        }
    }

    /// <summary>The next batch, or else block, after those; null after the last.</summary>
    public static (HistoryPiece Piece, long CheckKey)? Next(SqliteConnection connection, long batch, long block)
    {
        var found = connection.Rows(
            """
            SELECT * FROM (SELECT 1, number, first_at, last_at, 0 FROM history_batches WHERE number > $1 ORDER BY number LIMIT 1)
            UNION ALL
            SELECT * FROM (SELECT 0, block, first_at, last_at, check_key FROM history_blocks WHERE block > $2 ORDER BY block LIMIT 1)
            """,
            row => (new HistoryPiece(row.GetInt64(0) == 1, row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), row.GetInt64(4)), batch, block);
        return found.Count == 0 ? null : found[0];
    }

    private List<Result>? ReadBatch(HistoryPiece piece, HistoryQuery query)
    {
        var found = Load(connection => connection.Rows($"SELECT {StoredBatch.Columns} FROM history_batches WHERE number = $1", StoredBatch.Of, piece.Number));
        if (found.Count == 0) return null;
        var results = found[0].Results(key => key == query.CheckKey ? query.CheckId : null) ?? throw new InvalidDataException("its bytes are not those that were stored");
        results.Sort(Place.Compare);
        return results;
    }

    private List<Result>? ReadBlock(HistoryPiece piece, HistoryQuery query, int newest)
    {
        var found = Load(connection => connection.Rows("SELECT data FROM history_blocks WHERE block = $1", row => row.GetFieldValue<byte[]>(0), piece.Number));
        return found.Count == 0 ? null : BlockReader.Read(found[0], query.CheckKey, query.CheckId, Sql.Microseconds(query.From), Sql.Microseconds(query.To), newest, Text);
    }

    // https://www.sqlite.org/rescode.html#corrupt: the pages of this row, and who asks for another row may well get it.
    private List<T> Load<T>(Func<SqliteConnection, List<T>> load) => database.Read(connection =>
    {
        try
        {
            return load(connection);
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Corrupt)
        {
            throw new InvalidDataException("the database is damaged there", e);
        }
    });

    private string? Text(long id)
    {
        lock (texts)
            if (texts.TryGetValue(id, out var known)) return known;
        var text = database.Read(connection => SharedTexts.Find(connection, id));
        lock (texts)
        {
            if (texts.Count >= MostTexts) texts.Clear();
            texts[id] = text;
        }

        return text;
    }

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
