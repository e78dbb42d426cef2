using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>The slots of which there is no result.</summary>
public static class GapTable
{
    /// <summary>Notes one, within the caller's transaction.</summary>
    public static void Add(SqliteConnection connection, long checkKey, Gap gap) => connection.Execute(
        """
        INSERT INTO history_gaps (check_key, last_at, agent, first_at, slots, cause) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
        """,
        checkKey, Sql.Microseconds(gap.To), gap.Agent, Sql.Microseconds(gap.From), gap.Slots, gap.Cause);

    /// <summary>Those of a check that reach into a time, in its order.</summary>
    public static List<Gap> Of(SqliteConnection connection, HistoryQuery query) => connection.Rows(
        "SELECT agent, first_at, last_at, slots, cause FROM history_gaps WHERE check_key = $1 AND last_at >= $2 AND first_at <= $3 AND ($4 IS NULL OR agent = $4) ORDER BY last_at, agent",
        row => new Gap(query.CheckId, row.GetString(0), row.Time(1), row.Time(2), row.GetInt64(3), row.GetString(4)),
        query.CheckKey, Sql.Microseconds(query.From), Sql.Microseconds(query.To), query.Agent);
}
