namespace Vedette.Wire;

/// <summary>Times and durations as the wire has them.</summary>
internal static class WireTime
{
    private const double NanosecondsPerSecond = 1e9;

    private static readonly long Earliest = Microseconds(DateTimeOffset.UnixEpoch);
    private static readonly long Latest = Microseconds(DateTimeOffset.MaxValue);

    public static long Microseconds(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static bool IsTime(long microseconds) => microseconds >= Earliest && microseconds <= Latest;

    public static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static ulong Nanoseconds(double seconds) => (ulong)Math.Round(Math.Max(0, seconds) * NanosecondsPerSecond);

    public static double Seconds(ulong nanoseconds) => nanoseconds / NanosecondsPerSecond;
}
