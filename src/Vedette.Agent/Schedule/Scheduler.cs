using System.Diagnostics.Metrics;

namespace Vedette.Agent;

/// <summary>
/// Starts runs on each check's grid: without drift, never two of one check at once, one timer for all of them that sleeps until the
/// next slot and takes those of the next few milliseconds along.
/// </summary>
/// <param name="runner">Performs a run.</param>
/// <param name="time">Wall clock of the grid, monotonic clock of the timer.</param>
/// <param name="deliver">Takes each result. Must not block.</param>
public sealed class Scheduler(Runner runner, TimeProvider time, Action<Result> deliver) : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    // A clock that was set must not let a check sleep past its slot for longer than this.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private static readonly Counter<long> Runs = Telemetry.Meter.CreateCounter<long>("vedette.agent.runs", "{run}", "Runs of checks that were started.");
    private static readonly Counter<long> Missed = Telemetry.Meter.CreateCounter<long>("vedette.agent.missed_slots", "{slot}", "Slots in which a check did not run, because its last run was still going on or the agent slept.");

    private readonly Lock gate = new();
    private readonly Dictionary<long, ScheduledCheck> checks = [];
    private readonly PriorityQueue<ScheduledCheck, long> due = new();
    private ITimer? timer;

    /// <summary>Slots missed since the start, over all checks.</summary>
    public long MissedSlots { get; private set; }

    /// <summary>Runs a check from its next slot on, in the place of what had this key before. The same check again changes nothing.</summary>
    public void Set(long key, BoundCheck check)
    {
        lock (gate)
        {
            if (checks.TryGetValue(key, out var before) && before.Bound.Check == check.Check) return;
            Drop(key);
            var scheduled = new ScheduledCheck(key, check);
            checks.Add(key, scheduled);
            Enqueue(scheduled, time.GetUtcNow());
            Arm();
        }
    }

    /// <summary>Runs a check no more; a run that is going on is given up and leaves no result.</summary>
    public void Remove(long key)
    {
        lock (gate) Drop(key);
    }

    /// <summary>The keys of what is run now.</summary>
    public IReadOnlyList<long> Keys
    {
        get
        {
            lock (gate) return [.. checks.Keys];
        }
    }

    /// <summary>Gives up every run and waits until all have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] running;
        lock (gate)
        {
            timer?.Dispose();
            running = [.. checks.Values.Select(check => check.Running)];
            foreach (var key in checks.Keys.ToArray()) Drop(key);
        }

        await Task.WhenAll(running);
    }

    private void Drop(long key)
    {
        if (checks.Remove(key, out var scheduled)) scheduled.GiveUp.Cancel();
    }

    private void Enqueue(ScheduledCheck scheduled, DateTimeOffset after)
    {
        scheduled.Slot = scheduled.Grid.After(after);
        due.Enqueue(scheduled, scheduled.Slot.UtcTicks);
    }

    private void Arm()
    {
        if (!due.TryPeek(out _, out var next)) return;
        var wait = TimeSpan.FromTicks(next) - TimeSpan.FromTicks(time.GetUtcNow().UtcTicks);
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestSleep ? LongestSleep : wait;
        timer ??= time.CreateTimer(static scheduler => ((Scheduler)scheduler!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Wake()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            while (due.TryPeek(out var next, out var slot) && slot <= (now + Tick).UtcTicks)
            {
                due.Dequeue();
                if (next.GiveUp.IsCancellationRequested) continue;
                Start(next);
                Skip(next, now);
                Enqueue(next, next.Slot > now ? next.Slot : now);
            }

            Arm();
        }
    }

    private void Start(ScheduledCheck check)
    {
        if (!check.Running.IsCompleted)
        {
            Miss(1);
            return;
        }

        Runs.Add(1);
        check.Running = RunAsync(check, check.Slot);
    }

    private void Skip(ScheduledCheck check, DateTimeOffset now)
    {
        var slots = (now - check.Slot).Ticks / check.Bound.Check.Interval.Ticks;
        if (slots > 0) Miss(slots);
    }

    private void Miss(long slots)
    {
        MissedSlots += slots;
        Missed.Add(slots);
    }

    private async Task RunAsync(ScheduledCheck check, DateTimeOffset slot)
    {
        await Task.Yield();
        var result = await runner.RunAsync(check.Bound, slot, check.GiveUp.Token);
        if (!check.GiveUp.IsCancellationRequested) deliver(result with { CheckKey = check.Key });
    }

    private sealed class ScheduledCheck(long key, BoundCheck bound)
    {
        public long Key => key;
        public BoundCheck Bound => bound;
        public Grid Grid { get; } = new(bound.Check.Id, bound.Check.Interval);
        public CancellationTokenSource GiveUp { get; } = new();
        public DateTimeOffset Slot { get; set; }
        public Task Running { get; set; } = Task.CompletedTask;
    }
}
