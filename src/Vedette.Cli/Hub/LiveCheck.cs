namespace Vedette.Cli.Hub;

/// <summary>Keeps what the hub told of a check up to date with the runs it tells afterwards. It judges nothing: a check that turns is told as a whole.</summary>
internal static class LiveCheck
{
    /// <summary>What the hub keeps of each check, too.</summary>
    private const int KeptRuns = 60;

    /// <summary>The check after a run; the same one when it knew that run already, or does not run there.</summary>
    public static WatchedCheck After(this WatchedCheck watched, Result run)
    {
        var known = watched.Status.Agents.FirstOrDefault(agent => agent.Agent == run.Agent);
        if (!watched.Check.Agents.Contains(run.Agent) || (known?.LastResult is { } last && !IsNewer(run, last))) return watched;
        AgentStatus[] agents = [.. Agents(watched, known, run)];
        var told = watched.Status with { Agents = agents, LastResult = agents.Select(agent => agent.LastResult).OfType<Result>().MaxBy(result => result.ScheduledAt) ?? run };
        // While it stands as it stood, its only agent's latest word is why.
        if (agents.Length == 1 && watched.Lifecycle == Lifecycle.Active && Stays(told.Status, run.Status)) told = told with { Reason = run.Reason, Message = run.Message };
        return watched with { Status = told, Recent = Recent(watched, run) };
    }

    // The hub tells of an agent with the first standing that it has there, and it has none while the check is not active.
    private static IEnumerable<AgentStatus> Agents(WatchedCheck watched, AgentStatus? known, Result run)
    {
        var agents = watched.Status.Agents.Select(agent => agent == known ? agent with { LastResult = run, FailedRuns = FailedRuns(agent, run) } : agent);
        return known is not null || watched.Lifecycle != Lifecycle.Active ? agents : agents.Append(First(run));
    }

    private static AgentStatus First(Result run) => new(run.Agent, Status.Unknown, null, run.Status == Status.Down ? 1 : 0, run);

    // A run that is down may not be enough to turn what is not known yet; one that is good is, and the hub tells of that.
    private static bool Stays(Status confirmed, Status run) => run == confirmed || (confirmed == Status.Unknown && run == Status.Down);

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
