using Microsoft.Data.Sqlite;
using Vedette.State.Sqlite;

namespace Vedette.State;

/// <summary>How a check stands on one agent, with the runs that count towards a change.</summary>
/// <param name="Status">Confirmed.</param>
/// <param name="Since">When it became so; null before the first result.</param>
/// <param name="Reason">Why it is not up.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="FailedRuns">Consecutive runs that were down; unknown ones neither count nor interrupt.</param>
/// <param name="GoodRuns">Consecutive runs that were up or degraded.</param>
/// <param name="UnknownRuns">Consecutive runs that measured nothing.</param>
public sealed record Standing(Status Status, DateTimeOffset? Since, string? Reason, string? Message, int FailedRuns, int GoodRuns, int UnknownRuns)
{
    /// <summary>Before the first run.</summary>
    public static readonly Standing None = new(Status.Unknown, null, null, null, 0, 0, 0);
}

/// <summary>How checks stand on their agents.</summary>
public static class StandingTable
{
    /// <summary>Writes how a check stands on an agent; nothing when the check is gone.</summary>
    public static void Put(SqliteConnection connection, long checkKey, string agent, Standing standing) => connection.Execute(
        """
        INSERT INTO standings (check_key, agent, status, since, reason, message, failed_runs, good_runs, unknown_runs)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE EXISTS (SELECT 1 FROM checks WHERE key = $1)
        ON CONFLICT (check_key, agent) DO UPDATE SET status = $3, since = $4, reason = $5, message = $6, failed_runs = $7, good_runs = $8, unknown_runs = $9
        """,
        checkKey, agent, (long)standing.Status, standing.Since is { } since ? Sql.Microseconds(since) : null, standing.Reason, standing.Message,
        standing.FailedRuns, standing.GoodRuns, standing.UnknownRuns);

    /// <summary>Forgets how a check stood on all its agents.</summary>
    public static void Delete(SqliteConnection connection, long checkKey) => connection.Execute("DELETE FROM standings WHERE check_key = $1", checkKey);

    /// <summary>All of them.</summary>
    public static List<(long CheckKey, string Agent, Standing Standing)> All(SqliteConnection connection) => connection.Rows(
        "SELECT check_key, agent, status, since, reason, message, failed_runs, good_runs, unknown_runs FROM standings",
        row => (row.GetInt64(0), row.GetString(1), new Standing((Status)row.GetInt32(2), row.IsDBNull(3) ? null : row.Time(3), row.Text(4), row.Text(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8))));
}
