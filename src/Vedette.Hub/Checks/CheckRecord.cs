using System.Collections.Immutable;
using Vedette.Hub.Judgement;
using Vedette.State;

namespace Vedette.Hub.Checks;

/// <summary>A check with everything the hub keeps of it in memory. Immutable: whoever holds one holds a moment.</summary>
internal sealed record CheckRecord(long Key, Check Check, Lifecycle Lifecycle, DateTimeOffset LifecycleSince, DateTimeOffset CreatedAt)
{
    /// <summary>Where its configuration comes from.</summary>
    public Origin Origin { get; init; } = Origin.Hand;

    /// <summary>The phase that is the latency of its kind; null when that is the whole run.</summary>
    public string? LatencyPhase { get; init; }

    /// <summary>How it stands on each agent.</summary>
    public ImmutableSortedDictionary<string, Standing> Standings { get; init; } = ImmutableSortedDictionary<string, Standing>.Empty;

    /// <summary>The latest run on each agent.</summary>
    public ImmutableSortedDictionary<string, Result> LastResults { get; init; } = ImmutableSortedDictionary<string, Result>.Empty;

    /// <summary>The latest runs, in the order in which they came.</summary>
    public RecentRuns Recent { get; init; } = RecentRuns.None;

    /// <summary>Since when it has had the slots it has now.</summary>
    public DateTimeOffset SlotsSince { get; init; } = LifecycleSince;

    /// <summary>How it stands over all agents.</summary>
    public Standing Overall => Standings.IsEmpty ? Standing.None : Judge.Over(Check.DownWhen, [.. Standings.Values]);

    /// <summary>Whether an agent is to run it.</summary>
    public bool RunsOn(string agent) => Check.Agents.Contains(agent);

    /// <summary>How it stands on one agent.</summary>
    public Standing StandingOn(string agent) => Standings.GetValueOrDefault(agent, Standing.None);

    /// <summary>With another configuration from now on; what agents said that no longer run it counts no more.</summary>
    public CheckRecord With(Check check, DateTimeOffset now) => this with
    {
        Check = check,
        SlotsSince = check.Interval == Check.Interval && check.Agents.ToHashSet().SetEquals(Check.Agents) ? SlotsSince : now,
        Standings = Standings.RemoveRange(Standings.Keys.Except(check.Agents)),
        LastResults = LastResults.RemoveRange(LastResults.Keys.Except(check.Agents)),
    };

    /// <summary>Elsewhere in its life from now on; how it stood until now counts no more.</summary>
    public CheckRecord With(Lifecycle lifecycle, DateTimeOffset now) => this with { Lifecycle = lifecycle, LifecycleSince = now, SlotsSince = now, Standings = Standings.Clear() };

    /// <summary>
    /// With one more run of an agent that is to run it; judged only while it is active, and only when no later run was judged before. Within a
    /// stream runs come in their order, also when the agent's clock was set back between them; of two streams the slots tell.
    /// </summary>
    public CheckRecord With(Result run) => !Takes(run) ? this : this with
    {
        Standings = Lifecycle == Lifecycle.Active ? Standings.SetItem(run.Agent, Judge.After(StandingOn(run.Agent), run, Check)) : Standings,
        LastResults = LastResults.SetItem(run.Agent, run),
        Recent = Recent.With(run.ScheduledAt, run.Status, run.LatencySeconds(LatencyPhase), run.Reason),
    };

    /// <summary>The same with a run that was judged long ago.</summary>
    public CheckRecord WithJudged(Result run) => !Takes(run) ? this : this with
    {
        LastResults = LastResults.SetItem(run.Agent, run),
        Recent = Recent.With(run.ScheduledAt, run.Status, run.LatencySeconds(LatencyPhase), run.Reason),
    };

    /// <summary>As the API shows it.</summary>
    public WatchedCheck Show(Catalogue catalogue, DateTimeOffset now) => new(Masked(catalogue), Lifecycle, CreatedAt, ShowStatus(now), LatencyPhase, [.. Recent.OrderBy(run => run.At)], Origin.Owner);

    /// <summary>The same as a line of a list.</summary>
    public CheckLine ShowLine(DateTimeOffset now)
    {
        var (told, last) = (Told, LastResult);
        var (reason, message) = told.Status == Status.Up && last is not null ? (last.Reason, last.Message) : (told.Reason, told.Message);
        return new(
            Check.Id, Check.Kind, Check.Target, Check.Name, Check.Interval, Origin.Owner, Lifecycle, told.Status, told.Since,
            last?.ScheduledAt, last?.Status, last?.LatencySeconds(LatencyPhase), NextRunAt(now), reason, message);
    }

    private bool Takes(Result run) => RunsOn(run.Agent) && !(LastResults.GetValueOrDefault(run.Agent) is { } last && last.Epoch != run.Epoch && last.ScheduledAt > run.ScheduledAt);

    // Without its kind nobody knows which options are secrets.
    private Check Masked(Catalogue catalogue) => Check.Parameters.Count == 0 ? Check : Check with
    {
        Parameters = catalogue.Find(Check.Kind) is { } kind
            ? kind.Mask(Check.Parameters)
            : Check.Parameters.Aggregate(Parameters.Empty, (masked, option) => masked.With(option.Key, KindDescriptor.SecretMask)),
    };

    private string Idle => Lifecycle == Lifecycle.Paused ? Reasons.Paused : Reasons.Stopped;

    // How it stands, or why nothing can be said of that.
    private Standing Told => Lifecycle != Lifecycle.Active ? Standing.None with { Since = LifecycleSince, Reason = Idle, Message = $"{Idle}; nothing is measured" }
        : Standings.IsEmpty ? Standing.None with { Message = $"waits for a result of {string.Join(", ", Check.Agents)}" }
        : Overall;

    private Result? LastResult => LastResults.Values.MaxBy(result => result.ScheduledAt);

    private DateTimeOffset? NextRunAt(DateTimeOffset now) => Lifecycle == Lifecycle.Active ? new Grid(Check.Id, Check.Interval).After(now) : null;

    private CheckStatus ShowStatus(DateTimeOffset now)
    {
        var told = Told;
        return new(
            told.Status, told.Since, told.Reason, told.Message,
            NextRunAt(now),
            LastResult,
            [.. Standings.Select(entry => new AgentStatus(entry.Key, entry.Value.Status, entry.Value.Since, entry.Value.FailedRuns, LastResults.GetValueOrDefault(entry.Key)))]);
    }
}
