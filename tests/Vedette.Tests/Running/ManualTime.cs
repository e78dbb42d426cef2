namespace Vedette.Tests.Running;

/// <summary>A clock that moves only when told, ticking at an odd frequency to catch assumptions. Timers fire on the thread that advances it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly HashSet<ManualTimer> timers = [];
    private long ticks;
    private long set;

    public override long TimestampFrequency => 3_000_000;

    public override long GetTimestamp() => Interlocked.Read(ref ticks) * 3 / 10;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56).AddTicks(Interlocked.Read(ref ticks) + Interlocked.Read(ref set));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (gate) timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock without letting any timer fire, as a starved process sees it.</summary>
    public void Freeze(TimeSpan span) => Interlocked.Add(ref ticks, span.Ticks);

    /// <summary>Sets the wall clock forward or back; to a process on a host that slept it is the same as forward.</summary>
    public void SetWall(TimeSpan difference) => Interlocked.Add(ref set, difference.Ticks);

    public void Advance(TimeSpan span)
    {
        var end = Interlocked.Read(ref ticks) + span.Ticks;
        while (Next(end) is { } next)
        {
            Interlocked.Exchange(ref ticks, Math.Max(Interlocked.Read(ref ticks), next.Due));
            next.Timer.Fire();
        }

        Interlocked.Exchange(ref ticks, end);
    }

    // A timer may be changed by another thread meanwhile; then it fires once too often, as real ones do.
    private (ManualTimer Timer, long Due)? Next(long end)
    {
        lock (gate)
        {
            var due = timers.Select(timer => (Timer: timer, timer.Due)).Where(timer => timer.Due <= end).ToList();
            return due.Count == 0 ? null : due.MinBy(timer => timer.Due);
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            this.period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : Interlocked.Read(ref time.ticks) + dueTime.Ticks;
            return true;
        }

        public void Fire()
        {
            Due = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? long.MaxValue : Interlocked.Read(ref time.ticks) + period.Ticks;
            callback(state);
        }

        public void Dispose()
        {
            Due = long.MaxValue;
            lock (time.gate) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
