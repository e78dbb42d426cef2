using Vedette.History;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Upkeep;

/// <summary>Reads all that a database holds, in use or not, and says what of it is damaged.</summary>
public static class Verifier
{
    /// <summary>Takes about as long as the disk takes to give all of it.</summary>
    /// <exception cref="StateException">It cannot be read at all.</exception>
    public static Verification Verify(DatabaseReads database, CancellationToken stop)
    {
        var problems = database.Problems();
        var checks = database.Read(CheckTable.All).ToDictionary(check => check.Key, check => check.Check.Id);
        var damaged = new List<DamagedPiece>();
        var pieces = new HistoryReader(database, damage => damaged.Add(new(damage.Piece, damage.CheckKey is { } key ? checks.GetValueOrDefault(key) : null, damage.From, damage.To, damage.Problem))).Verify(stop);
        return new(pieces, problems, damaged);
    }
}
