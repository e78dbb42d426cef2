using Microsoft.Extensions.Logging;

namespace Vedette;

/// <summary>
/// Performs runs: gives each its deadline, judges assertions, and takes back verdicts that this process was too late to make.
/// The scheduler and <c>check run</c> go through it alike.
/// </summary>
/// <param name="agent">The name that results carry.</param>
/// <param name="time">Wall and monotonic clock.</param>
/// <param name="lateness">Watches this process while runs are in flight.</param>
/// <param name="logger">Hears of probes that broke their contract.</param>
public sealed partial class Runner(string agent, TimeProvider time, LatenessWatch lateness, ILogger<Runner> logger)
{
    // A probe ends by its deadline; one that has not by then plus this much is abandoned, so that nothing waits for it for ever.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    // Of a run over a secure connection: for its address, the connection, twice the handshake, the request, the answer, the rest of that, its end.
    private const int Waits = 8;

    /// <summary>How late this process is itself at present.</summary>
    public TimeSpan Late => lateness.Now;

    /// <summary>Runs once. Never throws, and ends within the check's timeout and a small grace.</summary>
    /// <param name="check">What to run.</param>
    /// <param name="scheduledAt">The slot it belongs to.</param>
    /// <param name="giveUp">Ends the run early, as <c>unknown</c>.</param>
    public async ValueTask<Result> RunAsync(BoundCheck check, DateTimeOffset scheduledAt, CancellationToken giveUp)
    {
        lateness.Enter();
        var startedAt = time.GetUtcNow();
        var start = time.GetTimestamp();
        var observed = await ObserveAsync(check, start, giveUp);
        var duration = time.GetElapsedTime(start);
        var late = lateness.Leave(start);
        // The monotonic clock stands still while the host sleeps, and an answer that came meanwhile was not heard.
        var asleep = time.GetUtcNow() - startedAt - duration;
        if (asleep > late.Worst) late = new(asleep, asleep);
        var observation = observed ?? Abandoned(check.Check, late.Worst);
        Judge(check, observation, duration, late);
        return ToResult(check.Check, observation, scheduledAt, startedAt, duration);
    }

    // Null when the probe had to be abandoned.
    private async ValueTask<Observation?> ObserveAsync(BoundCheck check, long start, CancellationToken giveUp)
    {
        using var deadline = new CancellationTokenSource(check.Check.Timeout, time);
        await using var early = giveUp.UnsafeRegister(static deadline => ((CancellationTokenSource)deadline!).Cancel(), deadline);
        var context = new RunContext(time, start, check.Check.Timeout, deadline.Token);
        try
        {
            var run = check.Run(context);
            if (run.IsCompletedSuccessfully) return await run;

            // Only a run that did not heed its deadline needs a timer of its own.
            var probing = run.AsTask();
            await ((Task)probing).WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await probing.WaitAsync(context.Remaining + Grace, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            return context.CutShort(new Observation(), "probing");
        }
        catch (Exception bug)
        {
            ProbeThrew(logger, bug, check.Check.Id, check.Check.Kind);
            return new Observation().Unknown(Reasons.InternalError, $"the probe failed: {bug.Message}; please report this as a bug");
        }
    }

    // A process that gets no processor cannot end its runs either, and that is no fault of the probe.
    private Observation Abandoned(Check check, TimeSpan late)
    {
        if (late > LatenessWatch.Tolerance)
            return new Observation().Unknown(Reasons.AgentLate, $"this agent was {late.TotalMilliseconds:0} ms late itself and could not end the run at its deadline");
        ProbeOverran(logger, check.Id, check.Kind);
        return new Observation().Unknown(Reasons.InternalError, "the probe did not end at its deadline; please report this as a bug");
    }

    private static void Judge(BoundCheck check, Observation observation, TimeSpan duration, Lateness late)
    {
        if (observation.Status is Status.Up or Status.Degraded) Assert(check.Assertions, observation, duration);
        if (observation.Status != Status.Down) return;
        if (late.Worst > Tolerable(observation.Reason, check.Check.Timeout)) TakeBack(observation, $"{late.Worst.TotalMilliseconds:0} ms late itself");
        else if (observation.Reason == Reasons.Timeout && AddedUp(late) > check.Check.Timeout / 2) TakeBack(observation, $"late itself for {late.Together.TotalMilliseconds:0} ms altogether");
    }

    // What lateness can have cost a run, which goes on each time it waits, and does not wait more often because it has more time.
    private static TimeSpan AddedUp(Lateness late) => late.Together < late.Worst * Waits ? late.Together : late.Worst * Waits;

    private static void TakeBack(Observation observation, string late) => observation.Unknown(Reasons.AgentLate, $"this agent was {late}; the run had ended with: {observation.Message}");

    // Only a verdict made from elapsed time can be ours to take back: a refused connection was refused however late we looked.
    private static TimeSpan Tolerable(string? reason, TimeSpan timeout) => reason switch
    {
        Reasons.Timeout => timeout / 4 > LatenessWatch.Tolerance ? timeout / 4 : LatenessWatch.Tolerance,
        Reasons.AssertionFailed => LatenessWatch.Tolerance,
        _ => TimeSpan.MaxValue,
    };

    private static void Assert(IReadOnlyList<Assertion> assertions, Observation observation, TimeSpan duration)
    {
        foreach (var assertion in assertions)
        {
            if (assertion.Explain(observation, duration) is not { } explanation) continue;
            if (assertion.Warns)
            {
                if (observation.Status == Status.Up) observation.Degraded(Reasons.AssertionFailed, explanation);
                continue;
            }

            observation.Down(Reasons.AssertionFailed, explanation);
            return;
        }
    }

    private Result ToResult(Check check, Observation observation, DateTimeOffset scheduledAt, DateTimeOffset startedAt, TimeSpan duration) => new()
    {
        Check = check.Id,
        Agent = agent,
        ScheduledAt = scheduledAt,
        StartedAt = startedAt,
        DurationSeconds = duration.TotalSeconds,
        Status = observation.Status,
        Reason = observation.Reason,
        Message = observation.Message,
        Phases = new(observation.Phases),
        Measurements = new(observation.Measurements),
        Attributes = new(observation.Attributes),
        Details = observation.Details,
    };

    [LoggerMessage(101, LogLevel.Error, "The probe of check {Check} ({Kind}) did not end at its deadline and was abandoned.")]
    private static partial void ProbeOverran(ILogger logger, string check, string kind);

    [LoggerMessage(102, LogLevel.Error, "The probe of check {Check} ({Kind}) threw.")]
    private static partial void ProbeThrew(ILogger logger, Exception exception, string check, string kind);
}
