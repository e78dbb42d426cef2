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

    /// <summary>Deletes some of those that happened before a time, and some of the oldest beyond a number; how many. The newest always stays, so that no id is given twice.</summary>
    /// <param name="connection">The writing one.</param>
    /// <param name="before">Those that happened earlier go.</param>
    /// <param name="kept">How many may stay.</param>
    /// <param name="most">How many go at most for each of the two reasons.</param>
    public static int DeleteOld(SqliteConnection connection, DateTimeOffset before, long kept, int most) =>
        connection.Execute(
            "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < $1 AND id < (SELECT max(id) FROM events) ORDER BY at LIMIT $2)", Sql.Microseconds(before), most)
        + connection.Execute(
            "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE id <= (SELECT max(id) FROM events) - $1 ORDER BY id LIMIT $2)", Math.Max(kept, 1), most);
}
