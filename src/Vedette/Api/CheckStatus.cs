namespace Vedette;

/// <summary>How a check stands on one agent.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="Status">The confirmed status there.</param>
/// <param name="Since">When it became so, by the time of the run that decided it.</param>
/// <param name="FailedRuns">Consecutive failed runs up to now.</param>
/// <param name="LastResult">The latest run, or null before the first.</param>
public sealed record AgentStatus(string Agent, Status Status, DateTimeOffset? Since, int FailedRuns, Result? LastResult);

/// <summary>How a check stands over all its agents.</summary>
/// <param name="Status">The confirmed status.</param>
/// <param name="Since">When it became so; null before the first result.</param>
/// <param name="Reason">Why it is not up: a word of <see cref="Reasons"/>, else null.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="NextRunAt">The next slot on its grid; null unless active.</param>
/// <param name="LastResult">The latest run on any agent.</param>
/// <param name="Agents">Agent by agent.</param>
public sealed record CheckStatus(
    Status Status,
    DateTimeOffset? Since,
    string? Reason,
    string? Message,
    DateTimeOffset? NextRunAt,
    Result? LastResult,
    IReadOnlyList<AgentStatus> Agents);

/// <summary>One recent run for a strip: when, what, how long.</summary>
/// <param name="At">Its slot.</param>
/// <param name="Status">Its verdict.</param>
/// <param name="LatencySeconds">Its latency.</param>
/// <param name="Reason">Why it was not up.</param>
public sealed record RecentRun(DateTimeOffset At, Status Status, double LatencySeconds, string? Reason);

/// <summary>A check as the API shows it: what it is, where it is in its life, how it stands.</summary>
/// <param name="Check">Configuration, secrets masked.</param>
/// <param name="Lifecycle">Active, paused or stopped.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="Status">How it stands.</param>
/// <param name="LatencyPhase">The phase of its results that is its latency; null when that is the whole run.</param>
/// <param name="Recent">The latest runs, oldest first, at most 60.</param>
/// <param name="Owner">The configuration file it comes from, and in which alone it is changed; null when it was made by hand.</param>
public sealed record WatchedCheck(Check Check, Lifecycle Lifecycle, DateTimeOffset CreatedAt, CheckStatus Status, string? LatencyPhase, IReadOnlyList<RecentRun> Recent, string? Owner);
