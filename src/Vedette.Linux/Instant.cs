using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Vedette.Linux;

/// <summary>One moment on two clocks: the one the kernel stamps packets with, and the one that nobody sets.</summary>
/// <param name="Wall">Nanoseconds of CLOCK_REALTIME since 1970.</param>
/// <param name="Monotonic">Nanoseconds of CLOCK_MONOTONIC.</param>
public readonly record struct Instant(long Wall, long Monotonic)
{
    private const int ClockRealtime = 0;

    // Read one after the other, the clocks are a moment apart, more when the thread was preempted between them.
    private const long Tolerance = 100_000;

    /// <summary>Now.</summary>
    public static unsafe Instant Now()
    {
        TimeSpec wall;
        _ = Libc.ClockGetTime(ClockRealtime, &wall);
        return new(wall.ToNanoseconds(), Stopwatch.GetTimestamp());
    }

    /// <summary>
    /// How long ago this moment was when a packet arrived: by the kernel's stamp of the arrival, unless the wall clock was set in between,
    /// which shows in that it and the monotonic clock do not agree on the same span. Then by the monotonic clock, up to when the packet was read.
    /// </summary>
    /// <param name="arrival">The kernel's stamp, nanoseconds since 1970; null when it gave none.</param>
    /// <param name="read">When the packet was read.</param>
    public TimeSpan Until(long? arrival, Instant read)
    {
        var whole = read.Monotonic - Monotonic;
        var stepped = Math.Abs(read.Wall - Wall - whole) > Tolerance;
        var stamped = (arrival ?? long.MaxValue) - Wall;
        return stepped || stamped <= 0 || stamped > whole + Tolerance ? FromNanoseconds(whole) : FromNanoseconds(stamped);
    }

    private static TimeSpan FromNanoseconds(long nanoseconds) => TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
}

/// <summary><c>struct timespec</c> of 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TimeSpec
{
    private readonly long seconds;
    private readonly long nanoseconds;

    public long ToNanoseconds() => (seconds * 1_000_000_000) + nanoseconds;
}
