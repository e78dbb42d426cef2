using System.Text.Json;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>A check as it is stored. Its key names this life of it.</summary>
public sealed record StoredCheck(long Key, Check Check, Lifecycle Lifecycle, DateTimeOffset CreatedAt);

/// <summary>The checks.</summary>
public static class CheckTable
{
    /// <summary>Adds one; its key, which was never used before.</summary>
    public static long Insert(SqliteConnection connection, Check check, Lifecycle lifecycle, DateTimeOffset createdAt) =>
        (long)connection.Scalar(
            "INSERT INTO checks (id, definition, lifecycle, created_at) VALUES ($1, $2, $3, $4) RETURNING key",
            check.Id, JsonSerializer.Serialize(check, ApiJson.Default.Check), lifecycle.ToString(), Sql.Microseconds(createdAt))!;

    /// <summary>Replaces its configuration and life cycle.</summary>
    public static void Update(SqliteConnection connection, long key, Check check, Lifecycle lifecycle) =>
        connection.Execute("UPDATE checks SET definition = $2, lifecycle = $3 WHERE key = $1", key, JsonSerializer.Serialize(check, ApiJson.Default.Check), lifecycle.ToString());

    /// <summary>Removes it with how it stood.</summary>
    public static void Delete(SqliteConnection connection, long key) => connection.Execute("DELETE FROM checks WHERE key = $1", key);

    /// <summary>All of them.</summary>
    public static List<StoredCheck> All(SqliteConnection connection) => connection.Rows(
        "SELECT key, definition, lifecycle, created_at FROM checks ORDER BY id",
        row => new StoredCheck(row.GetInt64(0), JsonSerializer.Deserialize(row.GetString(1), ApiJson.Default.Check)!, Enum.Parse<Lifecycle>(row.GetString(2)), row.Time(3)));
}
