using Microsoft.Data.Sqlite;

namespace Vedette.State.Sqlite;

/// <summary>
/// Connections that read and cannot write. A few stay open; more at once than that open their own and close it, because a read that waited
/// for another could wait for itself. SQLite keeps the file handle of a closed one for the next that opens, so there are as many handles as
/// there ever were reads at once.
/// </summary>
internal sealed class ReaderPool(string path) : IDisposable
{
    private const int MostIdle = 4;

    private readonly Lock gate = new();
    private readonly Stack<PreparingConnection> idle = new(MostIdle);
    private bool closed;

    public T Read<T>(Func<SqliteConnection, T> work)
    {
        var connection = Take();
        var whole = false;
        try
        {
            var result = work(connection);
            whole = true;
            return result;
        }
        finally
        {
            // After a fault nobody knows what it was in the middle of.
            if (!whole || !TryKeep(connection)) connection.Dispose();
        }
    }

    /// <summary>Closes those that rest; those at work close when they are done.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            while (idle.TryPop(out var connection)) connection.Dispose();
        }
    }

    private PreparingConnection Take()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (idle.TryPop(out var rested)) return rested;
        }

        // Only the writer checkpoints (see Database): a reader neither does so by itself nor when it closes.
        return PreparingConnection.Open(path, SqliteOpenMode.ReadWrite, "query_only = ON", "busy_timeout = 5000", "wal_autocheckpoint = 0");
    }

    private bool TryKeep(PreparingConnection connection)
    {
        lock (gate)
        {
            if (closed || idle.Count >= MostIdle) return false;
            idle.Push(connection);
            return true;
        }
    }
}
