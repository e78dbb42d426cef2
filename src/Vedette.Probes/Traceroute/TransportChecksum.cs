using System.Buffers.Binary;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Traceroute;

/// <summary>The checksum of UDP, TCP and ICMPv6, which covers the addresses too (RFC 768, RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
internal static class TransportChecksum
{
    private const int LongestPseudoHeader = 40;

    /// <summary>Of a packet whose checksum field is zero.</summary>
    public static ushort Of(ReadOnlySpan<byte> packet, Flow flow, byte protocol)
    {
        Span<byte> covered = stackalloc byte[LongestPseudoHeader + Wire.Largest];
        var length = WriteHeader(covered, flow, protocol, packet.Length);
        packet.CopyTo(covered[length..]);
        return IcmpPacket.Checksum(covered[..(length + packet.Length)]);
    }

    // The length and the protocol stand at the end, in 16 bits each or in 32.
    private static int WriteHeader(Span<byte> covered, Flow flow, byte protocol, int packet)
    {
        flow.Source.TryWriteBytes(covered, out var address);
        flow.Target.TryWriteBytes(covered[address..], out _);
        var rest = covered[(2 * address)..];
        if (flow.IsV6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)packet);
            BinaryPrimitives.WriteUInt32BigEndian(rest[4..], protocol);
            return (2 * address) + 8;
        }

        BinaryPrimitives.WriteUInt16BigEndian(rest, protocol);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)packet);
        return (2 * address) + 4;
    }
}
