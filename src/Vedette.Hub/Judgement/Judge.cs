using System.Globalization;
using Vedette.State;

namespace Vedette.Hub.Judgement;

/// <summary>Makes statuses out of runs. Pure: what was, what came, what is.</summary>
internal static class Judge
{
    /// <summary>How a check stands on one agent after one more run there.</summary>
    public static Standing After(Standing before, Result run, Check check) => run.Status switch
    {
        Status.Down => Failed(before, run, check.FailAfter),
        Status.Unknown => Unmeasured(before, run, check.FailAfter),
        _ => Good(before, run, check.RecoverAfter),
    };

    /// <summary>How a check stands over its agents.</summary>
    /// <param name="downWhen"><c>any</c>, <c>majority</c> or <c>all</c> of the agents that could measure must see it down, or how many of all.</param>
    /// <param name="standings">One for each agent; at least one.</param>
    public static Standing Over(string downWhen, IReadOnlyCollection<Standing> standings)
    {
        if (standings.Count == 1) return standings.First();
        var measured = standings.Where(standing => standing.Status != Status.Unknown).ToList();
        if (measured.Count == 0) return standings.FirstOrDefault() ?? Standing.None;
        var down = measured.Where(standing => standing.Status == Status.Down).OrderBy(standing => standing.Since).ToList();
        var needed = Threshold(downWhen, measured.Count, standings.Count);
        // It is down since the one that made them enough; those that followed change nothing.
        if (down.Count >= needed) return down[needed - 1];
        var worst = measured.Where(standing => standing.Status != Status.Up).MinBy(standing => standing.Since);
        return worst is null ? measured.MaxBy(standing => standing.Since)! : worst with { Status = Status.Degraded };
    }

    private static int Threshold(string downWhen, int measured, int all) => downWhen switch
    {
        "any" => 1,
        "majority" => (measured / 2) + 1,
        "all" => measured,
        _ => Math.Min(all, int.Parse(downWhen, CultureInfo.InvariantCulture)),
    };

    private static Standing Failed(Standing before, Result run, int failAfter)
    {
        var failed = before.FailedRuns + 1;
        var counted = before with { FailedRuns = failed, GoodRuns = 0, UnknownRuns = 0 };
        return failed >= failAfter || before.Status == Status.Down ? Turn(counted, Status.Down, run) : Doubtful(counted, run);
    }

    // What could not be measured says nothing of the target; only when nothing was measured for as long as a failure takes is the status unknown.
    private static Standing Unmeasured(Standing before, Result run, int failAfter)
    {
        var counted = before with { UnknownRuns = before.UnknownRuns + 1 };
        return counted.UnknownRuns >= failAfter ? Turn(counted, Status.Unknown, run) : Doubtful(counted, run);
    }

    private static Standing Good(Standing before, Result run, int recoverAfter)
    {
        // Counted no further than it matters: a standing that stays the same needs no writing.
        var counted = before with { FailedRuns = 0, GoodRuns = Math.Min(before.GoodRuns + 1, recoverAfter), UnknownRuns = 0 };
        return before.Status == Status.Down && counted.GoodRuns < recoverAfter ? counted : Turn(counted, run.Status, run);
    }

    // Before anything is confirmed, the latest run's reason is all there is to say.
    private static Standing Doubtful(Standing counted, Result run) =>
        counted.Status == Status.Unknown ? counted with { Reason = run.Reason, Message = run.Message } : counted;

    private static Standing Turn(Standing counted, Status status, Result run) => counted with
    {
        Status = status,
        Since = counted.Status == status && counted.Since is not null ? counted.Since : run.ScheduledAt,
        Reason = run.Reason,
        Message = run.Message,
    };
}
