using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>
/// Whether pages of the file belong to nothing any more, see <see cref="BatchRescue"/>. How many nobody can count; they are neither used nor free, so that
/// the size of the file says nothing of what it holds until it is copied.
/// </summary>
public static class UnusedPages
{
    // No table has this name: SQLite leaves the row alone. It is there in every version that has history in batches, and needs no migration.
    private const string Name = "unused pages";

    /// <summary>Whether there are any.</summary>
    public static bool Any(SqliteConnection connection) => connection.Scalar("SELECT 1 FROM sqlite_sequence WHERE name = $1", Name) is not null;

    internal static void Note(SqliteConnection connection)
    {
        Forget(connection);
        connection.Execute("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, 1)", Name);
    }

    // A copy has none.
    internal static void Forget(SqliteConnection connection) => connection.Execute("DELETE FROM sqlite_sequence WHERE name = $1", Name);
}
