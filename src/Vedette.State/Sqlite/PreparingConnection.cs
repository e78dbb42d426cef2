using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>A connection that keeps the statements it ran, so that each is parsed and planned once. For one thread at a time.</summary>
internal sealed class PreparingConnection(string path, SqliteOpenMode mode)
    : SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString())
{
    // Far more than the program has texts of statements: one that is made anew each time must not fill the memory.
    private const int MostKept = 128;

    private readonly Dictionary<string, SqliteCommand> kept = new(StringComparer.Ordinal);

    /// <summary>How many statements stand ready.</summary>
    public int Kept => kept.Count;

    /// <summary>Opens a database and sets it up; closed again when that fails.</summary>
    public static PreparingConnection Open(string path, SqliteOpenMode mode, params ReadOnlySpan<string> pragmas)
    {
        var connection = new PreparingConnection(path, mode);
        try
        {
            connection.Open();
            foreach (var pragma in pragmas) connection.Execute($"PRAGMA {pragma}");
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A statement for whoever takes it alone: two at once of the same text, one inside the other, are two statements.</summary>
    public SqliteCommand Take(string sql)
    {
        if (kept.Remove(sql, out var command)) return command;
        command = CreateCommand();
        command.CommandText = sql;
        return command;
    }

    /// <summary>Keeps a statement for the next time.</summary>
    public void GiveBack(SqliteCommand command)
    {
        if (kept.Count >= MostKept || !kept.TryAdd(command.CommandText, command)) command.Dispose();
    }
}
