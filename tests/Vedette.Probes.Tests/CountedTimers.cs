namespace Vedette.Probes.Tests;

/// <summary>The system's time, and how many of its timers are set at once at most.</summary>
internal sealed class CountedTimers : TimeProvider
{
    private int alive;
    private int most;

    public int Most => Volatile.Read(ref most);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var now = Interlocked.Increment(ref alive);
        for (var seen = Most; now > seen; seen = Most) Interlocked.CompareExchange(ref most, now, seen);
        return new Counted(this, callback, state, dueTime, period);
    }

    private sealed class Counted : ITimer
    {
        private readonly CountedTimers timers;
        private readonly ITimer timer;
        private int over;

        public Counted(CountedTimers timers, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            this.timers = timers;
            timer = System.CreateTimer(given => End(callback, given), state, dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            End();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            End();
            return timer.DisposeAsync();
        }

        private void End(TimerCallback callback, object? state)
        {
            End();
            callback(state);
        }

        private void End()
        {
            if (Interlocked.Exchange(ref over, 1) == 0) Interlocked.Decrement(ref timers.alive);
        }
    }
}
