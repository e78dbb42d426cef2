namespace Vedette.Probes.Tests.Tcp;

/// <summary>A clock that goes only when its test says so.</summary>
internal sealed class HandTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<HandTimer> timers = [];
    private TimeSpan now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (gate) return now.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(this, callback, state);
        lock (gate) timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, and calls back what is due by then.</summary>
    public void Advance(TimeSpan by)
    {
        lock (gate) now += by;
        Fire(GetTimestamp());
    }

    /// <summary>Calls back all that waits for its time, which stands.</summary>
    public void FireAll() => Fire(TimeSpan.MaxValue.Ticks - 1);

    private void Fire(long until)
    {
        List<HandTimer> due;
        lock (gate)
        {
            due = timers.FindAll(timer => timer.Due.Ticks <= until);
            foreach (var timer in due) timer.Due = TimeSpan.MaxValue;
        }

        foreach (var timer in due) timer.Fire();
    }

    private sealed class HandTimer(HandTime time, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate) Due = dueTime == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time.now + dueTime;
            return true;
        }

        public void Dispose()
        {
            lock (time.gate) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
