using System.Text.Json;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>A check as it is stored. Its key names this life of it.</summary>
/// <param name="Key">Names it.</param>
/// <param name="Check">Its configuration.</param>
/// <param name="Lifecycle">Where it is in its life.</param>
/// <param name="LifecycleSince">Since when.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Origin">Where its configuration comes from.</param>
/// <param name="SlotsSince">Since when it has had the slots it has.</param>
public sealed record StoredCheck(long Key, Check Check, Lifecycle Lifecycle, DateTimeOffset LifecycleSince, DateTimeOffset CreatedAt, Origin Origin, DateTimeOffset SlotsSince);

/// <summary>Where the configuration of a check comes from.</summary>
/// <param name="Owner">The name of the configuration file; null when it was made by hand.</param>
/// <param name="Secrets">Under the option and the place in it (<c>password[0]</c>), where that value was taken from: <c>env:NAME</c>, <c>file:PATH</c>.</param>
public sealed record Origin(string? Owner, NamedList<string> Secrets)
{
    /// <summary>Made by hand.</summary>
    public static readonly Origin Hand = new(null, NamedList<string>.Empty);
}

/// <summary>The checks.</summary>
public static class CheckTable
{
    /// <summary>Adds one; its key, which was never used before.</summary>
    public static long Insert(SqliteConnection connection, Check check, Lifecycle lifecycle, DateTimeOffset createdAt, Origin? origin = null) =>
        (long)connection.Scalar(
            "INSERT INTO checks (id, definition, lifecycle, lifecycle_since, created_at, slots_since, owner, secrets) VALUES ($1, $2, $3, $4, $4, $4, $5, $6) RETURNING key",
            check.Id, JsonSerializer.Serialize(check, ApiJson.Readable.Check), lifecycle.ToString(), Sql.Microseconds(createdAt), origin?.Owner, Write(origin))!;

    /// <summary>Replaces its configuration.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="key">Names it.</param>
    /// <param name="check">Its configuration from now on.</param>
    /// <param name="slotsSince">Since when it has had the slots it has with that.</param>
    public static void Update(SqliteConnection connection, long key, Check check, DateTimeOffset slotsSince) =>
        connection.Execute("UPDATE checks SET definition = $2, slots_since = $3 WHERE key = $1", key, JsonSerializer.Serialize(check, ApiJson.Readable.Check), Sql.Microseconds(slotsSince));

    /// <summary>Replaces where it comes from.</summary>
    public static void Update(SqliteConnection connection, long key, Origin origin) =>
        connection.Execute("UPDATE checks SET owner = $2, secrets = $3 WHERE key = $1", key, origin.Owner, Write(origin));

    /// <summary>Moves it in its life, with which its slots begin anew.</summary>
    public static void Move(SqliteConnection connection, long key, Lifecycle lifecycle, DateTimeOffset at) =>
        connection.Execute("UPDATE checks SET lifecycle = $2, lifecycle_since = $3, slots_since = $3 WHERE key = $1", key, lifecycle.ToString(), Sql.Microseconds(at));

    /// <summary>Removes it with how it stood.</summary>
    public static void Delete(SqliteConnection connection, long key) => connection.Execute("DELETE FROM checks WHERE key = $1", key);

    /// <summary>How many there are.</summary>
    public static long Count(SqliteConnection connection) => (long)connection.Scalar("SELECT count(*) FROM checks")!;

    /// <summary>All of them.</summary>
    public static List<StoredCheck> All(SqliteConnection connection) => connection.Rows(
        "SELECT key, definition, lifecycle, lifecycle_since, created_at, owner, secrets, slots_since FROM checks ORDER BY id",
        row => new StoredCheck(
            row.GetInt64(0), JsonSerializer.Deserialize(row.GetString(1), ApiJson.Readable.Check)!, Enum.Parse<Lifecycle>(row.GetString(2)), row.Time(3), row.Time(4),
            row.Text(5) is { } owner ? new Origin(owner, Read(row.Text(6))) : Origin.Hand, row.Time(7)));

    private static string? Write(Origin? origin) => origin is null || origin.Secrets.Count == 0 ? null : JsonSerializer.Serialize(origin.Secrets, ApiJson.Readable.NamedListString);

    private static NamedList<string> Read(string? secrets) => secrets is null ? NamedList<string>.Empty : JsonSerializer.Deserialize(secrets, ApiJson.Readable.NamedListString)!;
}
