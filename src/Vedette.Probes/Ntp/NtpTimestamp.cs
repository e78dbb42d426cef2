using System.Buffers.Binary;

namespace Vedette.Probes.Ntp;

/// <summary>
/// A moment as NTP sends it (RFC 5905 section 6): seconds of an era that lasts 2^32 of them, the first since 1900, and 2^-32 seconds. It names a moment only
/// together with another less than 68 years away, so what is asked of it are differences.
/// </summary>
internal readonly record struct NtpTimestamp(ulong Value)
{
    public const int Size = 8;

    // RFC 5905 figure 4: from 1900-01-01 to 1970-01-01.
    private const long UnixEpoch = 2_208_988_800;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Not a moment: the sender has none to tell.</summary>
    public bool IsZero => Value == 0;

    public static NtpTimestamp Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes));

    /// <summary>A moment of this host's clock, in whichever era it falls.</summary>
    /// <param name="nanoseconds">Since 1970.</param>
    public static NtpTimestamp FromUnix(long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, NanosecondsPerSecond);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + NanosecondsPerSecond);

        // The era is what the cast to 32 bits drops.
        return new(((ulong)(uint)(seconds + UnixEpoch) << 32) | (((ulong)rest << 32) / NanosecondsPerSecond));
    }

    /// <summary>How much later this is, in 2^-32 s: right across the end of an era, as long as less than 68 years lie between (RFC 5905 section 6).</summary>
    public long Since(NtpTimestamp earlier) => unchecked((long)(Value - earlier.Value));

    /// <summary>The same in seconds.</summary>
    public double SecondsSince(NtpTimestamp earlier) => Since(earlier) * FixedPoint.Fraction;

    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt64BigEndian(bytes, Value);
}

/// <summary>Numbers of NTP that are multiples of a power of two.</summary>
internal static class FixedPoint
{
    /// <summary>What the last bit of a timestamp is worth, in seconds.</summary>
    public const double Fraction = 1.0 / 4_294_967_296;

    // RFC 5905 section 6, the short format: 16 bits of seconds and 16 of fractions.
    private const double ShortFraction = 1.0 / 65_536;

    public static double ReadUnsigned(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes) * ShortFraction;

    public static double ReadSigned(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes) * ShortFraction;
}
