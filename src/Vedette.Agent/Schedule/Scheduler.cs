using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Vedette.Agent;

/// <summary>
/// Starts the runs of each check at the slots of its grid, none early and none twice, with one timer for all of them.
/// <list type="bullet">
/// <item>Never two runs of one check at once, also when it is edited or assigned anew meanwhile: a slot that comes during a run is run when
/// that ends, late; when the next slot comes first, it is missed.</item>
/// <item>When the timer comes late, the newest slot is run and those before it are missed; after more than <see cref="MostLate"/> that one is
/// missed too. So a process that was stopped, a host that slept and a clock that was set forward all go on at their next slots, spread as ever.
/// A clock that was set back is noticed within a second; then every check goes on at its next slot by the new time.</item>
/// <item>While this process is late itself, fewer runs begin together than are due (<see cref="Pace"/>); the others begin late, or miss their slots.</item>
/// <item>A check that is new or edited has its first run at once, unless a slot is due within a second. First runs are given out 5 ms
/// apart, so that one check added by hand has it now, and a thousand assigned together spread over five seconds, or less as slots come first.
/// The slot of such a run is its own time; the grid goes on after it.</item>
/// </list>
/// </summary>
internal sealed partial class Scheduler : IAsyncDisposable
{
    /// <summary>A slot older than this is not run any more.</summary>
    public static readonly TimeSpan MostLate = TimeSpan.FromSeconds(2);

    // The timer does not fire more often than this: slots close together are started together, up to this much late. To wake up is a good part of what a run costs:
    // with 10 ms a thousand connections a second cost half as much again.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    // A clock that was set, or a host that slept, is noticed within this.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);

    // How far the wall clock may fall behind the monotonic one between two wakings. Adjusting it slowly makes far less.
    private static readonly TimeSpan SetBack = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FirstRunSpacing = TimeSpan.FromMilliseconds(5);

    private static readonly Counter<long> Runs = Telemetry.Meter.CreateCounter<long>("vedette.agent.runs", "{run}", "Runs of checks that were started.");
    private static readonly Counter<long> Missed = Telemetry.Meter.CreateCounter<long>("vedette.agent.missed_slots", "{slot}", "Slots in which a check did not run, because its last run was still going on, or the agent or its host stood still.");

    private readonly Runner runner;
    private readonly TimeProvider time;
    private readonly Action<Result> deliver;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly Dictionary<long, ScheduledCheck> checks = [];
    private readonly SortedSet<ScheduledCheck> due = new(Comparer<ScheduledCheck>.Create((a, b) => a.Slot == b.Slot ? a.Key.CompareTo(b.Key) : a.Slot.CompareTo(b.Slot)));

    // By key. A run outlives its check until it has really ended.
    private readonly Dictionary<long, Run> running = [];
    private readonly JointStart start = new();
    private readonly Pace pace = new();
    private DateTimeOffset wakeAt = DateTimeOffset.MaxValue;
    private DateTimeOffset startedAt = DateTimeOffset.MinValue;
    private DateTimeOffset firstRunAt = DateTimeOffset.MinValue;
    private (DateTimeOffset Wall, long Timestamp) seen;
    private long missed;
    private bool over;

    /// <summary>Makes one without checks.</summary>
    /// <param name="runner">Performs a run.</param>
    /// <param name="time">Wall clock of the grid, monotonic clock of the timer.</param>
    /// <param name="deliver">Takes each result, under the scheduler's lock, so that none comes after its check was removed. Must not block.</param>
    /// <param name="logger">Hears of runs that broke their contract.</param>
    public Scheduler(Runner runner, TimeProvider time, Action<Result> deliver, ILogger<Scheduler> logger)
    {
        (this.runner, this.time, this.deliver, this.logger) = (runner, time, deliver, logger);
        seen = (time.GetUtcNow(), time.GetTimestamp());
        timer = time.CreateTimer(static scheduler => ((Scheduler)scheduler!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Slots missed since the start, over all checks.</summary>
    public long MissedSlots
    {
        get
        {
            lock (gate) return missed;
        }
    }

    /// <summary>Runs that are going on, those that were given up and have not ended yet included.</summary>
    public int RunsGoingOn
    {
        get
        {
            lock (gate) return running.Count;
        }
    }

    /// <summary>The keys of what is run now.</summary>
    public IReadOnlyList<long> Keys
    {
        get
        {
            lock (gate) return [.. checks.Keys];
        }
    }

    /// <summary>
    /// Runs a check from now on, in the place of what had this key before, whose run is given up. The same check again changes nothing,
    /// nor does anything after <see cref="DisposeAsync"/>.
    /// </summary>
    public void Set(long key, BoundCheck check)
    {
        lock (gate)
        {
            if (over || (checks.TryGetValue(key, out var before) && before.Bound.Check == check.Check)) return;
            Drop(key);
            var scheduled = new ScheduledCheck(key, check);
            var now = time.GetUtcNow();
            var early = Later(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)), firstRunAt + FirstRunSpacing);
            if (scheduled.PlanFirst(now, early)) firstRunAt = early;
            checks.Add(key, scheduled);
            due.Add(scheduled);
            Arm(now);
        }
    }

    /// <summary>Runs a check no more; a run that is going on is given up and leaves no result.</summary>
    public void Remove(long key)
    {
        lock (gate) Drop(key);
    }

    /// <summary>Gives up every run and waits until all have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (gate)
        {
            over = true;
            foreach (var key in Keys) Drop(key);
            ending = [.. running.Values.Select(run => run.Ended)];
        }

        await timer.DisposeAsync();
        await Task.WhenAll(ending);
    }

    private void Drop(long key)
    {
        if (!checks.Remove(key, out var check)) return;
        due.Remove(check);
        if (running.TryGetValue(key, out var run)) run.GiveUp();
    }

    private void Arm(DateTimeOffset now)
    {
        if (due.Min is not { } first) return;
        var at = Later(first.Slot, startedAt + Tick);
        if (at > now + LongestSleep) at = now + LongestSleep;
        if (at >= wakeAt) return;
        wakeAt = at;
        // A timer knows whole milliseconds and cuts the rest off; it would fire again and again just before the slot.
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (at - now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private void Wake()
    {
        List<Action> begun;
        lock (gate)
        {
            wakeAt = DateTimeOffset.MaxValue;
            var now = time.GetUtcNow();
            if (WasSetBack(now)) Replan(now);
            Begin(now);
            begun = start.Take();
            pace.Began(begun.Count);
            Arm(now);
        }

        JointStart.Go(begun);
    }

    private void Begin(DateTimeOffset now)
    {
        for (var most = pace.Next(runner.Late); most > 0 && due.Min is { } check && check.Slot <= now; most--)
        {
            due.Remove(check);
            Meet(check, now);
            due.Add(check);
            startedAt = now;
        }
    }

    private bool WasSetBack(DateTimeOffset now)
    {
        var (wall, timestamp) = seen;
        seen = (now, time.GetTimestamp());
        return wall + time.GetElapsedTime(timestamp, seen.Timestamp) - now > SetBack;
    }

    private void Replan(DateTimeOffset now)
    {
        due.Clear();
        foreach (var check in checks.Values)
        {
            check.Replan(now);
            due.Add(check);
        }

        startedAt = firstRunAt = DateTimeOffset.MinValue;
    }

    private void Meet(ScheduledCheck check, DateTimeOffset now)
    {
        var (slot, passed) = check.Advance(now);
        if (check.Waiting is not null) passed++;
        check.Waiting = null;
        if (now - slot > MostLate) passed++;
        else if (running.ContainsKey(check.Key)) check.Waiting = slot;
        else Start(check, slot);
        missed += passed;
        if (passed > 0) Missed.Add(passed);
    }

    private void Start(ScheduledCheck check, DateTimeOffset slot)
    {
        Runs.Add(1);
        var run = new Run();
        running.Add(check.Key, run);
        run.Ended = RunAsync(check, slot, run);
    }

    private async Task RunAsync(ScheduledCheck check, DateTimeOffset slot, Run run)
    {
        // Not under the scheduler's lock.
        await start;
        Result? result = null;
        try
        {
            result = await runner.RunAsync(check.Bound, slot, run.Cancellation);
        }
        catch (Exception bug)
        {
            RunThrew(logger, bug, check.Bound.Check.Id);
        }

        End(check.Key, run, result);
        await run.DisposeAsync();
    }

    private void End(long key, Run run, Result? result)
    {
        List<Action> begun;
        lock (gate)
        {
            running.Remove(key);
            if (result is not null && !run.Cancellation.IsCancellationRequested) deliver(result with { CheckKey = key });
            if (checks.GetValueOrDefault(key) is not { Waiting: { } slot } check) return;
            check.Waiting = null;
            Start(check, slot);
            begun = start.Take();
        }

        // Not within the run that ends here, whoever let it end.
        if (begun.Count > 0) ThreadPool.UnsafeQueueUserWorkItem(static begun => JointStart.Go(begun), begun, preferLocal: false);
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    [LoggerMessage(221, LogLevel.Error, "A run of check {Check} threw; its next slot is run as ever.")]
    private static partial void RunThrew(ILogger logger, Exception bug, string check);

    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource giveUp = new();
        private Task givenUp = Task.CompletedTask;

        public CancellationToken Cancellation => giveUp.Token;

        public Task Ended { get; set; } = Task.CompletedTask;

        // What hears of it runs elsewhere, not under the scheduler's lock.
        public void GiveUp()
        {
            if (!giveUp.IsCancellationRequested) givenUp = giveUp.CancelAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await givenUp;
            giveUp.Dispose();
        }
    }
}
