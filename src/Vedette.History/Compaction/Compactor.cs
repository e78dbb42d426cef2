using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>
/// Makes blocks of one check each out of the batches that wait, and larger blocks out of small ones. A run takes the oldest batches, check by
/// check in the order of their keys; each step is one transaction that stores some checks' blocks and notes how far it is, so that a run that is
/// broken off goes on where it was, and every reader finds each result once at any moment. For one caller at a time.
/// </summary>
/// <param name="database">Where history is.</param>
/// <param name="damaged">Hears of what cannot be read, and is left as it is or let go of.</param>
public sealed class Compactor(Database database, Action<HistoryDamage> damaged)
{
    private const int ResultsAtOnce = 16_384;

    // As they are stored; a text takes twice that in memory.
    private const long BytesAtOnce = 32 << 20;
    private const int ChecksInOneStep = 256;
    private const int BytesInOneStep = 1 << 20;
    private const int BatchesInOneStep = 64;

    // Of batches that an earlier version kept nobody noted how many results they hold; the outbox of an agent takes no more than so many for one.
    private const string Counted = "CASE results WHEN 0 THEN 512 ELSE results END";

    private readonly PieceReader pieces = new(database.Reads, damaged);

    /// <summary>How many results wait in batches.</summary>
    public static long Waiting(SqliteConnection connection) =>
        (long)connection.Scalar($"SELECT coalesce(sum({Counted}), 0) FROM history_batches, history_compaction WHERE number > up_to OR next_key < $1", long.MaxValue)!;

    /// <summary>Compacts the oldest batches, a portion after the other; false when there are none.</summary>
    /// <param name="followed">Only batches up to this number; the newest of all always stays, since its number is what the next is counted from.</param>
    /// <param name="most">About how many results at most.</param>
    /// <param name="stop">Ends it between two steps.</param>
    public async Task<bool> RunAsync(long followed, long most, CancellationToken stop)
    {
        var state = database.Read(CompactionState.Find);
        var last = state.UpTo;
        if (state.NextKey == long.MaxValue)
        {
            await DeleteBatchesAsync(state.UpTo, stop);
            if (database.Read(connection => UpTo(connection, state.UpTo, followed, most)) is not { } found) return false;
            last = found;
            state = await BeginAsync(state.UpTo, last);
        }

        await CompactAsync(state, stop);
        for (var done = state.UpTo; done < last; done = state.UpTo)
        {
            stop.ThrowIfCancellationRequested();
            await CompactAsync(state = await BeginAsync(done, last), stop);
        }

        return true;
    }

    // The batches after those that are done, as many as may be held at once whatever is in them.
    private async Task<CompactionState> BeginAsync(long done, long last)
    {
        var state = new CompactionState(database.Read(connection => Held(connection, done, last)), 0);
        await PutAsync(state);
        return state;
    }

    private async Task CompactAsync(CompactionState state, CancellationToken stop)
    {
        if (database.Read(connection => Results(connection, state.UpTo)) <= 2 * ResultsAtOnce) await CompactAsync(state.UpTo, key => key >= state.NextKey, stop);
        else
            foreach (var keys in Portions(Counts(state)))
            {
                await CompactAsync(state.UpTo, keys.Contains, stop);
                stop.ThrowIfCancellationRequested();
            }

        await PutAsync(state with { NextKey = long.MaxValue });
        await DeleteBatchesAsync(state.UpTo, stop);
    }

    private static long? UpTo(SqliteConnection connection, long done, long followed, long most) => (long?)connection.Scalar(
        $"""
        SELECT max(number) FROM (
          SELECT number, sum({Counted}) OVER (ORDER BY number) - {Counted} AS ahead FROM history_batches
          WHERE number > $1 AND number <= $2 AND number < (SELECT max(number) FROM history_batches) ORDER BY number)
        WHERE ahead < $3
        """,
        done, followed, most);

    // The innermost statement asks for lengths alone: a window would carry the batches themselves, and fail at one that cannot be read.
    // All of them when none is left, because retention may let go of them at any time.
    private static long Held(SqliteConnection connection, long done, long last) => (long?)connection.Scalar(
        """
        SELECT max(number) FROM (
          SELECT number, sum(size) OVER (ORDER BY number) - size AS ahead FROM (
            SELECT number, length(batch) AS size FROM history_batches WHERE number > $1 AND number <= $2))
        WHERE ahead < $3
        """,
        done, last, BytesAtOnce) ?? last;

    private static long Results(SqliteConnection connection, long upTo) => (long)connection.Scalar($"SELECT coalesce(sum({Counted}), 0) FROM history_batches WHERE number <= $1", upTo)!;

    private Task<int> PutAsync(CompactionState state) => database.WriteAloneAsync(connection => state.Put(connection));

    private async Task DeleteBatchesAsync(long upTo, CancellationToken stop)
    {
        foreach (var step in pieces.Batches(upTo).Chunk(BatchesInOneStep))
        {
            try
            {
                await database.WriteAloneAsync(connection => step.Sum(number => Delete(connection, number)));
            }
            catch (StateException) when (Array.Exists(step, IsLost))
            {
                // What can be neither read nor deleted stays, below what is taken next.
                foreach (var number in step)
                    if (!IsLost(number)) await database.WriteAloneAsync(connection => Delete(connection, number));
            }

            stop.ThrowIfCancellationRequested();
        }
    }

    private bool IsLost(long number) => !pieces.IsThere(new HistoryPiece(IsBatch: true, number, 0, 0));

    private static int Delete(SqliteConnection connection, long number) => connection.Execute("DELETE FROM history_batches WHERE number = $1", number);

    // How many results of each check there are to be moved, by key.
    private SortedDictionary<long, int> Counts(CompactionState state)
    {
        var counts = new SortedDictionary<long, int>();
        foreach (var key in pieces.OfBatches(state.UpTo, batch => batch.Keys()))
            if (key >= state.NextKey) counts[key] = counts.GetValueOrDefault(key) + 1;
        return counts;
    }

    // Batches are read once for each portion, and no more than a portion is held.
    private static IEnumerable<HashSet<long>> Portions(SortedDictionary<long, int> counts)
    {
        var (portion, held) = (new HashSet<long>(), 0);
        foreach (var (key, count) in counts)
        {
            portion.Add(key);
            held += count;
            if (held < ResultsAtOnce) continue;
            yield return portion;
            (portion, held) = ([], 0);
        }

        if (portion.Count > 0) yield return portion;
    }

    private async Task CompactAsync(long upTo, Func<long, bool> takes, CancellationToken stop)
    {
        var results = new SortedDictionary<long, List<Result>>();
        foreach (var result in pieces.OfBatches(upTo, batch => batch.Results(key => takes(key) ? "" : null)))
        {
            if (!results.TryGetValue(result.CheckKey, out var of)) results.Add(result.CheckKey, of = []);
            of.Add(result);
        }

        // Whoever's results have become a block is let go of: what all of them merge with would be many times as much.
        var (step, size) = (new List<Merge>(), 0L);
        foreach (var key in results.Keys.ToList())
        {
            results.Remove(key, out var fresh);
            step.Add(Merge.Of(database, pieces, key, fresh!));
            size += step[^1].Size;
            if (results.Count > 0 && step.Count < ChecksInOneStep && size < BytesInOneStep) continue;
            await WriteAsync(step, new CompactionState(upTo, key + 1));
            (step, size) = ([], 0L);
            stop.ThrowIfCancellationRequested();
        }
    }

    private Task<int> WriteAsync(List<Merge> step, CompactionState after) => database.WriteAloneAsync(connection =>
    {
        foreach (var merge in step) merge.Write(connection);
        return after.Put(connection);
    });
}
