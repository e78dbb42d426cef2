using System.Text.Json;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>A check as it is stored. Its key names this life of it.</summary>
public sealed record StoredCheck(long Key, Check Check, Lifecycle Lifecycle, DateTimeOffset LifecycleSince, DateTimeOffset CreatedAt);

/// <summary>The checks.</summary>
public static class CheckTable
{
    /// <summary>Adds one; its key, which was never used before.</summary>
    public static long Insert(SqliteConnection connection, Check check, Lifecycle lifecycle, DateTimeOffset createdAt) =>
        (long)connection.Scalar(
            "INSERT INTO checks (id, definition, lifecycle, lifecycle_since, created_at) VALUES ($1, $2, $3, $4, $4) RETURNING key",
            check.Id, JsonSerializer.Serialize(check, ApiJson.Readable.Check), lifecycle.ToString(), Sql.Microseconds(createdAt))!;

    /// <summary>Replaces its configuration.</summary>
    public static void Update(SqliteConnection connection, long key, Check check) =>
        connection.Execute("UPDATE checks SET definition = $2 WHERE key = $1", key, JsonSerializer.Serialize(check, ApiJson.Readable.Check));

    /// <summary>Moves it in its life.</summary>
    public static void Move(SqliteConnection connection, long key, Lifecycle lifecycle, DateTimeOffset at) =>
        connection.Execute("UPDATE checks SET lifecycle = $2, lifecycle_since = $3 WHERE key = $1", key, lifecycle.ToString(), Sql.Microseconds(at));

    /// <summary>Removes it with how it stood.</summary>
    public static void Delete(SqliteConnection connection, long key) => connection.Execute("DELETE FROM checks WHERE key = $1", key);

    /// <summary>How many there are.</summary>
    public static long Count(SqliteConnection connection) => (long)connection.Scalar("SELECT count(*) FROM checks")!;

    /// <summary>All of them.</summary>
    public static List<StoredCheck> All(SqliteConnection connection) => connection.Rows(
        "SELECT key, definition, lifecycle, lifecycle_since, created_at FROM checks ORDER BY id",
        row => new StoredCheck(row.GetInt64(0), JsonSerializer.Deserialize(row.GetString(1), ApiJson.Readable.Check)!, Enum.Parse<Lifecycle>(row.GetString(2)), row.Time(3), row.Time(4)));
}
