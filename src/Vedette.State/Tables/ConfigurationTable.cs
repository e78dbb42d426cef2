using System.Text.Json;
using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>What configuration files say of the hub itself.</summary>
public static class ConfigurationTable
{
    /// <summary>Keeps what a good file says.</summary>
    public static void Put(SqliteConnection connection, string owner, StorageTerms storage) =>
        connection.Execute("INSERT INTO configurations (owner, storage) VALUES ($1, $2) ON CONFLICT (owner) DO UPDATE SET storage = excluded.storage", owner, JsonSerializer.Serialize(storage, ApiJson.Readable.StorageTerms));

    /// <summary>What the last good file of that name said; null when there was none.</summary>
    public static StorageTerms? Find(SqliteConnection connection, string owner) =>
        connection.Scalar("SELECT storage FROM configurations WHERE owner = $1", owner) is string storage ? JsonSerializer.Deserialize(storage, ApiJson.Readable.StorageTerms) : null;
}
