using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>How far each projection has followed history, by block.</summary>
public static class ProjectionTable
{
    /// <summary>The last block it has taken in; 0 before the first.</summary>
    public static long Find(SqliteConnection connection, string name) => (long)(connection.Scalar("SELECT block FROM projections WHERE name = $1", name) ?? 0L);

    /// <summary>Notes the last block it has taken in.</summary>
    public static int Put(SqliteConnection connection, string name, long block) =>
        connection.Execute("INSERT INTO projections (name, block) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET block = $2", name, block);
}
