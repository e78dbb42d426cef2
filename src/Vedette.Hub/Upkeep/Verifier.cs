using Vedette.History;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Upkeep;

/// <summary>Reads all that a database holds, in use or not, and says what of it is damaged.</summary>
public static class Verifier
{
    /// <summary>Takes about as long as the disk takes to give all of it. What one part of it finds is told whatever the next meets.</summary>
    /// <exception cref="StateException">It cannot be read at all, or it is of another version.</exception>
    public static Verification Verify(DatabaseReads database, CancellationToken stop)
    {
        database.EnsureCurrent();
        List<string> problems = [.. database.Problems()];
        var checks = Try(() => database.Read(CheckTable.All), problems)?.ToDictionary(check => check.Key, check => check.Check.Id) ?? [];
        var damaged = new List<DamagedPiece>();
        var history = new HistoryReader(database, damage => damaged.Add(new(damage.Piece, damage.CheckKey is { } key ? checks.GetValueOrDefault(key) : null, damage.From, damage.To, damage.Problem)));
        var pieces = Try(() => history.Verify(stop), problems);
        return new(pieces, problems, [.. damaged.DistinctBy(piece => piece.Piece)]);
    }

    private static T? Try<T>(Func<T> read, List<string> problems)
    {
        try
        {
            return read();
        }
        catch (StateException e)
        {
            problems.Add(e.Message);
            return default;
        }
    }
}
