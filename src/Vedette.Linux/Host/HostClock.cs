using System.Runtime.InteropServices;

namespace Vedette.Linux.Host;

/// <summary>What the kernel says of this host's wall clock (adjtimex(2), read only).</summary>
/// <param name="IsSynchronized">Whether something keeps it right: set by the program that does, and taken back by the kernel when it has heard nothing for so
/// long that the clock may be off by 16 s.</param>
/// <param name="MostError">How far it may be off.</param>
/// <param name="LikelyError">How far it is probably off.</param>
public readonly record struct HostClock(bool IsSynchronized, TimeSpan MostError, TimeSpan LikelyError)
{
    // linux/timex.h: the clock state TIME_ERROR, which adjtimex returns, and the status bit STA_UNSYNC.
    private const int TimeError = 5;
    private const int Unsynchronized = 0x40;

    /// <summary>Asks the kernel; null where it does not say, such as under a filter of system calls.</summary>
    public static unsafe HostClock? Read()
    {
        var state = default(TimeState);
        var answer = Libc.AdjustTime(&state);
        if (answer < 0) return null;
        var synchronized = answer != TimeError && (state.Status & Unsynchronized) == 0;
        return new(synchronized, FromMicroseconds(state.MostError), FromMicroseconds(state.LikelyError));
    }

    private static TimeSpan FromMicroseconds(long microseconds) => TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}

/// <summary><c>struct timex</c> of 64-bit systems as far as it is read; all zero it asks and sets nothing.</summary>
[StructLayout(LayoutKind.Explicit, Size = 208)]
internal struct TimeState
{
    [FieldOffset(24)]
    public long MostError;

    [FieldOffset(32)]
    public long LikelyError;

    [FieldOffset(40)]
    public int Status;
}
