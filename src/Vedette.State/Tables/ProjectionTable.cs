using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>How far each projection has followed history, by batch.</summary>
public static class ProjectionTable
{
    /// <summary>The last batch it has taken in; 0 before the first.</summary>
    public static long Find(SqliteConnection connection, string name) => (long)(connection.Scalar("SELECT batch FROM projections WHERE name = $1", name) ?? 0L);

    /// <summary>Notes the last batch it has taken in.</summary>
    public static int Put(SqliteConnection connection, string name, long batch) =>
        connection.Execute("INSERT INTO projections (name, batch) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET batch = $2", name, batch);
}
