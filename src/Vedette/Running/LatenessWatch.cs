namespace Vedette;

/// <summary>
/// Tells whether this process was itself late while a run was going on. A tick every 50 ms goes the same way as a probe's continuations,
/// through the thread pool; when it comes late, so did they, and a failure of that time says nothing about the target.
/// It ticks only while runs are in flight.
/// </summary>
public sealed class LatenessWatch : IDisposable
{
    /// <summary>Lateness up to this is normal on a busy machine and never held against a run.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private const int Remembered = 64;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly (long Until, TimeSpan Late)[] late = new (long, TimeSpan)[Remembered];
    private int next;
    private int running;
    private long lastTick;

    /// <summary>Makes one, at rest.</summary>
    public LatenessWatch(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(static watch => ((LatenessWatch)watch!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A run begins.</summary>
    public void Enter()
    {
        lock (gate)
        {
            if (running++ > 0) return;
            lastTick = time.GetTimestamp();
            timer.Change(Period, Period);
        }
    }

    /// <summary>The run ends: how late the worst tick since its start was.</summary>
    /// <param name="startTimestamp">When it began, from the same clock.</param>
    public TimeSpan Leave(long startTimestamp)
    {
        lock (gate)
        {
            if (--running == 0) timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            var worst = Overdue(time.GetTimestamp());
            foreach (var (until, lateness) in late)
                if (until >= startTimestamp && lateness > worst) worst = lateness;
            return worst;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Tick()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var lateness = Overdue(now);
            lastTick = now;
            if (lateness <= Tolerance) return;
            late[next] = (now, lateness);
            next = (next + 1) % Remembered;
        }
    }

    private TimeSpan Overdue(long now)
    {
        var overdue = time.GetElapsedTime(lastTick, now) - Period;
        return overdue > TimeSpan.Zero ? overdue : TimeSpan.Zero;
    }
}
