using System.Globalization;
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

    /// <summary>What SQLite finds wrong with the structure of the file, also when it cannot look at all of it; empty when it is sound. Reads all of it.</summary>
    public IReadOnlyList<string> Problems()
    {
        var found = new List<string>();
        try
        {
            Read(connection => connection.Rows("PRAGMA quick_check(20)", row => Note(found, row.GetString(0))));
        }
        catch (StateException e)
        {
            found.Add(e.Message);
        }

        return found is ["ok"] ? [] : found;
    }

    /// <summary>Says no to a file that this program cannot read as it is, because its tables are those of another version.</summary>
    /// <exception cref="StateException">It is one, or it cannot be read.</exception>
    public void EnsureCurrent()
    {
        var version = Read(Migrations.Version);
        if (version == Migrations.Latest) return;
        throw new StateException(string.Create(CultureInfo.InvariantCulture, $"{path} is of another version of Vedette (version {version}, this one reads {Migrations.Latest}); use that one, or restore it and start the hub, which brings an older one up to date"));
    }

    /// <inheritdoc/>
    public void Dispose() => readers.Dispose();

    private static bool Note(List<string> found, string problem)
    {
        found.Add(problem);
        return true;
    }
}
