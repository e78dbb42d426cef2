namespace Vedette;

/// <summary>How late this process was itself while a run was going on.</summary>
/// <param name="Worst">At most, at one time.</param>
/// <param name="Together">Of all the time that the run took: while the process was late, nothing went on.</param>
public readonly record struct Lateness(TimeSpan Worst, TimeSpan Together);

/// <summary>
/// Tells whether this process was itself late while a run was going on. A tick 50 ms after the one before goes the same way as a probe's continuations,
/// through the thread pool; when it comes late, so did they, and a failure of that time says nothing about the target.
/// It ticks only while runs are in flight.
/// </summary>
public sealed class LatenessWatch : IDisposable
{
    /// <summary>Lateness up to this is normal on a busy machine and never held against a run.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private const int Remembered = 256;

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly (long Until, TimeSpan Late)[] late = new (long, TimeSpan)[Remembered];
    private int next;
    private int running;
    private long lastTick;
    private TimeSpan latest;

    /// <summary>Makes one, at rest.</summary>
    public LatenessWatch(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(static watch => ((LatenessWatch)watch!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How late this process is now: what waits for something now goes on so much late. Zero while nothing runs.</summary>
    public TimeSpan Now
    {
        get
        {
            lock (gate)
            {
                if (running == 0) return TimeSpan.Zero;
                var overdue = Overdue(time.GetTimestamp());
                return overdue > latest ? overdue : latest;
            }
        }
    }

    /// <summary>A run begins.</summary>
    public void Enter()
    {
        lock (gate)
        {
            if (running++ > 0) return;
            (lastTick, latest) = (time.GetTimestamp(), TimeSpan.Zero);
            timer.Change(Period, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The run ends: how late the ticks since its start were.</summary>
    /// <param name="startTimestamp">When it began, from the same clock.</param>
    public Lateness Leave(long startTimestamp)
    {
        lock (gate)
        {
            if (--running == 0) timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            var worst = Overdue(time.GetTimestamp());
            var together = worst > Tolerance ? worst : TimeSpan.Zero;
            foreach (var (until, lateness) in late)
            {
                if (until < startTimestamp) continue;
                together += lateness;
                if (lateness > worst) worst = lateness;
            }

            return new(worst, together);
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
            (lastTick, latest) = (now, lateness);

            // Counted from this one: ticks that all come as late as each other are late all the same.
            if (running > 0) timer.Change(Period, Timeout.InfiniteTimeSpan);
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
