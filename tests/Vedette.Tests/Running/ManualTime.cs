namespace Vedette.Tests.Running;

/// <summary>A clock that moves only when told, ticking at an odd frequency to catch assumptions.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<ManualTimer> timers = [];
    private long ticks;

    public override long TimestampFrequency => 3_000_000;

    public override long GetTimestamp() => ticks * 3 / 10;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56).AddTicks(ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock without letting any timer fire, as a starved process sees it.</summary>
    public void Freeze(TimeSpan span) => ticks += span.Ticks;

    public void Advance(TimeSpan span)
    {
        var end = ticks + span.Ticks;
        while (timers.Where(t => t.Due <= end).MinBy(t => t.Due) is { } next)
        {
            ticks = Math.Max(ticks, next.Due);
            next.Fire();
        }

        ticks = end;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            this.period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time.ticks + dueTime.Ticks;
            return true;
        }

        public void Fire()
        {
            Due = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? long.MaxValue : time.ticks + period.Ticks;
            callback(state);
        }

        public void Dispose() => Due = long.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
