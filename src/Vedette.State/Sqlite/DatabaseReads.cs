using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>Reads a database, in use or not, on connections that cannot write.</summary>
/// <param name="path">The file.</param>
public sealed class DatabaseReads(string path) : IDisposable
{
    private readonly ReaderPool readers = new(path);

    /// <summary>
    /// Reads. Each statement sees the last commit when it begins; none holds one for longer, so that the log can always be checkpointed.
    /// </summary>
    /// <exception cref="StateException">It is damaged or cannot be read.</exception>
    public T Read<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            return readers.Read(work);
        }
        // IOERR, CORRUPT, CANTOPEN, NOTADB: the world's failures; whatever else SQLite refuses is a bug of who asked.
        catch (SqliteException e) when (e.SqliteErrorCode is 10 or 11 or 14 or 26)
        {
            throw new StateException(Explanation.Of(e, path, "cannot be read"), e);
        }
    }

    /// <summary>What SQLite finds wrong with the structure of the file; empty when it is sound. Reads all of it.</summary>
    public IReadOnlyList<string> Problems() => Read(connection => connection.Rows("PRAGMA quick_check(20)", row => row.GetString(0))) is var found && found is ["ok"] ? [] : found;

    /// <inheritdoc/>
    public void Dispose() => readers.Dispose();
}
