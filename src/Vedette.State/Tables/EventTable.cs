using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>What changed, kept in the transaction that changed it.</summary>
public static class EventTable
{
    /// <summary>Notes one.</summary>
    /// <param name="connection">Inside its transaction.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="checkKey">The check it is about, if any.</param>
    /// <param name="agent">The agent it is about, if any.</param>
    /// <param name="kind"><c>status</c>, <c>lifecycle</c>, <c>edited</c>, <c>gap</c>.</param>
    /// <param name="detail">A sentence.</param>
    public static void Add(SqliteConnection connection, DateTimeOffset at, long? checkKey, string? agent, string kind, string detail) =>
        connection.Execute("INSERT INTO events (at, check_key, agent, kind, detail) VALUES ($1, $2, $3, $4, $5)", Sql.Microseconds(at), checkKey, agent, kind, detail);

    /// <summary>The kinds and sentences about a check, oldest first.</summary>
    public static List<(DateTimeOffset At, string Kind, string Detail)> Of(SqliteConnection connection, long checkKey) =>
        connection.Rows("SELECT at, kind, detail FROM events WHERE check_key = $1 ORDER BY id", row => (row.Time(0), row.GetString(1), row.GetString(2)), checkKey);
}
