using System.Buffers.Binary;

namespace Vedette.Probes.Ntp;

/// <summary>A header of NTP (RFC 5905 section 7.3).</summary>
internal readonly record struct NtpPacket
{
    public const int HeaderSize = 48;
    public const int Client = 3;
    public const int Server = 4;

    /// <summary>The version that we speak.</summary>
    public const int OurVersion = 4;

    private const int TransmitAt = 40;

    // RFC 7822 section 3: what is longer than the longest code that may end a packet begins with a field of at least 16 bytes.
    private const int LongestCode = 24;
    private const int ShortestField = 16;

    public int Leap { get; private init; }

    public int Version { get; private init; }

    public int Mode { get; private init; }

    public int Stratum { get; private init; }

    /// <summary>How finely the server reads its clock, as a power of two of seconds.</summary>
    public int Precision { get; private init; }

    /// <summary>The round trip to the primary source in seconds. Negative only of a server that is wrong: older versions had a sign here.</summary>
    public double RootDelay { get; private init; }

    /// <summary>What may have gone wrong on the way from the primary source, in seconds.</summary>
    public double RootDispersion { get; private init; }

    /// <summary>Four bytes, the first one highest.</summary>
    public uint ReferenceId { get; private init; }

    /// <summary>When the server's clock was last set.</summary>
    public NtpTimestamp Reference { get; private init; }

    /// <summary>What was sent as transmit timestamp.</summary>
    public NtpTimestamp Origin { get; private init; }

    public NtpTimestamp Receive { get; private init; }

    public NtpTimestamp Transmit { get; private init; }

    /// <summary>A request that tells nothing of this host: the transmit timestamp is a nonce (RFC 8633 section 4.3 counsels to send no more than is needed).</summary>
    public static byte[] Request(NtpTimestamp nonce)
    {
        var packet = new byte[HeaderSize];
        packet[0] = (OurVersion << 3) | Client;
        nonce.Write(packet.AsSpan(TransmitAt));
        return packet;
    }

    /// <summary>Reads a header; false when it is cut, or what follows it is neither extension fields nor a code (RFC 7822 section 3). Those are passed over.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out NtpPacket packet)
    {
        packet = default;
        if (bytes.Length < HeaderSize || !IsTail(bytes[HeaderSize..])) return false;
        packet = new()
        {
            Leap = bytes[0] >> 6,
            Version = (bytes[0] >> 3) & 7,
            Mode = bytes[0] & 7,
            Stratum = bytes[1],
            Precision = (sbyte)bytes[3],
            RootDelay = FixedPoint.ReadSigned(bytes[4..]),
            RootDispersion = FixedPoint.ReadUnsigned(bytes[8..]),
            ReferenceId = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            Reference = NtpTimestamp.Read(bytes[16..]),
            Origin = NtpTimestamp.Read(bytes[24..]),
            Receive = NtpTimestamp.Read(bytes[32..]),
            Transmit = NtpTimestamp.Read(bytes[TransmitAt..]),
        };
        return true;
    }

    private static bool IsTail(ReadOnlySpan<byte> tail)
    {
        while (tail.Length > LongestCode)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(tail[2..]);
            if (length < ShortestField || length % 4 != 0 || length > tail.Length) return false;
            tail = tail[length..];
        }

        // Nothing, a crypto-NAK, or a key's number with 16 or 20 bytes of digest (RFC 5905 section 7.3, RFC 8573).
        return tail.Length is 0 or 4 or 20 or 24;
    }
}
