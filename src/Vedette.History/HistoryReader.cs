using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// Reads results back, by slot, then by start, never by arrival: what an agent sends hours later stands where it belongs. Nothing holds the
/// database for longer than one piece takes to read, and no more than pieces that overlap are in memory, however long the time asked for is.
/// </summary>
/// <param name="database">Where it is.</param>
/// <param name="damaged">Hears of each piece that cannot be read, each time it is met; its results are left out.</param>
public sealed class HistoryReader(DatabaseReads database, Action<HistoryDamage> damaged)
{
    private const int All = int.MaxValue;

    private readonly PieceReader pieces = new(database, damaged);

    /// <summary>The newest results, oldest first.</summary>
    /// <param name="query">Of which.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="before">Only what stands before this place.</param>
    public List<Result> Newest(HistoryQuery query, int most, Place? before = null)
    {
        List<Result> found = [.. new Sweep(database, pieces, query, isBackwards: true, before).Results().Take(most)];
        found.Reverse();
        return found;
    }

    /// <summary>All results, oldest first, read as they are taken.</summary>
    public IEnumerable<Result> Each(HistoryQuery query) => new Sweep(database, pieces, query, isBackwards: false, beyond: null).Results();

    /// <summary>
    /// The newest results of each of some checks, and the newest of each of its agents however long that has been silent, in the order of their
    /// places; for the start, when all are needed at once.
    /// </summary>
    /// <param name="checks">The checks by their keys.</param>
    /// <param name="most">How many of each check at most, apart from those of silent agents.</param>
    public IEnumerable<List<Result>> NewestOfEach(IReadOnlyDictionary<long, Check> checks, int most)
    {
        var waiting = Waiting(checks, most);
        foreach (var (key, check) in checks)
        {
            var results = waiting.GetValueOrDefault(key) ?? [];
            AddFromBlocks(results, new HistoryQuery(key, check.Id), check.Agents, most);
            Trim(results, most);
            if (results.Count > 0) yield return results;
        }
    }

    /// <summary>The batches after one, in the order they came.</summary>
    public static List<StoredBatch> After(SqliteConnection connection, long number, int most) =>
        connection.Rows($"SELECT {StoredBatch.Columns} FROM history_batches WHERE number > $1 ORDER BY number LIMIT $2", StoredBatch.Of, number, most);

    /// <summary>Reads everything, and tells of what cannot be read; how many pieces there are.</summary>
    /// <param name="stop">Ends it early.</param>
    public long Verify(CancellationToken stop) =>
        Walk("batch", PieceReader.NextBatch, piece => Verify(piece, checkKey: 0), stop)
        + Walk("block", PieceReader.NextBlock, found => Verify(found.Piece, found.CheckKey), stop)
        + Walk("text", SharedTexts.Next, Verify, stop);

    private long Verify(HistoryPiece piece, long checkKey)
    {
        pieces.Read(piece, new HistoryQuery(checkKey, ""), All);
        return piece.Number;
    }

    private long Verify(long text)
    {
        pieces.Check(text);
        return text;
    }

    private long Walk<T>(string kind, Func<SqliteConnection, long, T?> next, Func<T, long> read, CancellationToken stop)
        where T : struct
    {
        var (count, last) = (0L, 0L);
        try
        {
            for (; database.ReadSound(connection => next(connection, last)) is { } found; count++)
            {
                stop.ThrowIfCancellationRequested();
                last = read(found);
            }
        }
        catch (InvalidDataException e)
        {
            damaged(new($"what follows {kind} {last}", null, null, null, e.Message));
        }

        return count;
    }

    private static List<HistoryPiece> NewestBlocks(SqliteConnection connection, long checkKey) => connection.Rows(
        "SELECT block, first_at, last_at FROM history_blocks WHERE check_key = $1 ORDER BY last_at DESC LIMIT 64",
        row => new HistoryPiece(IsBatch: false, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), checkKey);

    private void AddFromBlocks(List<Result> results, HistoryQuery query, IEnumerable<string> agents, int most)
    {
        var silent = agents.Except(results.Select(result => result.Agent)).ToHashSet();
        foreach (var piece in database.Read(connection => NewestBlocks(connection, query.CheckKey)))
        {
            if (results.Count >= most && silent.Count == 0) return;
            List<Result> found = results.Count < most ? pieces.Read(piece, query, most) ?? [] : [];
            silent.ExceptWith(found.Select(result => result.Agent));
            foreach (var agent in silent.ToList())
                if (pieces.Read(piece, query with { Agent = agent }, All) is [.., var last] && silent.Remove(agent)) found.Add(last);
            results.AddRange(found);
        }
    }

    private static void Trim(List<Result> results, int most)
    {
        results.Sort(Place.Compare);
        var (older, agents) = (results.Count - most, new HashSet<string>());
        List<Result> kept = [.. Enumerable.Range(0, results.Count).Reverse().Where(i => agents.Add(results[i].Agent) || i >= older).Reverse().Select(i => results[i])];
        results.Clear();
        results.AddRange(kept);
    }

    // Every check's from all batches at once: reading each of those once is seconds less than asking for one check after the other.
    private Dictionary<long, List<Result>> Waiting(IReadOnlyDictionary<long, Check> checks, int most)
    {
        var waiting = new Dictionary<long, List<Result>>();
        var (upTo, nextKey) = database.Read(CompactionState.Find);
        foreach (var result in pieces.OfBatches(long.MaxValue, batch => batch.Results(key => batch.Number > upTo || key >= nextKey ? checks.GetValueOrDefault(key)?.Id : null)))
        {
            if (!waiting.TryGetValue(result.CheckKey, out var results)) waiting.Add(result.CheckKey, results = []);
            results.Add(result);
            if (results.Count >= 2 * most && results.Count % most == 0) Trim(results, most);
        }

        return waiting;
    }
}
