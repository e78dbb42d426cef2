namespace Vedette.Cli.Hub;

/// <summary>Keeps what the hub told of a check up to date with the runs it tells afterwards. It judges nothing: a check that turns is told as a whole.</summary>
internal static class LiveCheck
{
    /// <summary>What the hub keeps of each check, too.</summary>
    private const int KeptRuns = 60;

    /// <summary>The check after a run; the same one when it knew that run already.</summary>
    public static WatchedCheck After(this WatchedCheck watched, Result run)
    {
        var agents = watched.Status.Agents;
        if (agents.FirstOrDefault(agent => agent.Agent == run.Agent)?.LastResult is { } last && !IsNewer(run, last)) return watched;
        var told = watched.Status with
        {
            LastResult = watched.Status.LastResult is { } latest && latest.ScheduledAt > run.ScheduledAt ? watched.Status.LastResult : run,
            Agents = [.. agents.Select(agent => agent.Agent == run.Agent ? agent with { LastResult = run, FailedRuns = FailedRuns(agent, run) } : agent)],
        };
        // While it stands as it stood, its only agent's latest word is why.
        if (agents.Count == 1 && run.Status == told.Status) told = told with { Reason = run.Reason, Message = run.Message };
        return watched with { Status = told, Recent = Recent(watched, run) };
    }

    // Within an epoch the numbers tell, also when the clock of the agent was set back; of two epochs the slots do.
    private static bool IsNewer(Result run, Result last) => run.Epoch == last.Epoch ? run.Seq > last.Seq : run.ScheduledAt > last.ScheduledAt;

    private static int FailedRuns(AgentStatus agent, Result run) => run.Status switch
    {
        Status.Down => agent.FailedRuns + 1,
        Status.Unknown => agent.FailedRuns,
        _ => 0,
    };

    private static RecentRun[] Recent(WatchedCheck watched, Result run)
    {
        var before = watched.Recent;
        var skipped = Math.Max(0, before.Count + 1 - KeptRuns);
        var recent = new RecentRun[before.Count + 1 - skipped];
        for (var at = 0; at < recent.Length - 1; at++) recent[at] = before[at + skipped];
        recent[^1] = new(run.ScheduledAt, run.Status, run.LatencySeconds(watched.LatencyPhase), run.Reason);
        // Of several agents one may be late.
        for (var at = recent.Length - 1; at > 0 && recent[at].At < recent[at - 1].At; at--) (recent[at], recent[at - 1]) = (recent[at - 1], recent[at]);
        return recent;
    }
}
