using System.Buffers.Binary;
using System.Net;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>The header of an echo message, and what goes around it (RFC 792, RFC 4443 section 4).</summary>
internal static class IcmpPacket
{
    public const int HeaderSize = 8;

    /// <summary>The types a raw socket has to hear. Packet too big is not among them: it comes by the error queue, after the kernel has learned from it.</summary>
    public static ReadOnlySpan<byte> Heard(bool v6) => v6 ? [129, 1, 3, 4] : [0, 3, 11, 12];

    /// <summary>Writes the header of an echo request before a payload that stands there already; the v6 checksum is the kernel's work.</summary>
    public static void WriteHeader(Span<byte> packet, bool v6, ushort id, ushort sequence)
    {
        packet[..4].Clear();
        packet[0] = RequestType(v6);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], sequence);
        if (!v6) BinaryPrimitives.WriteUInt16BigEndian(packet[2..], Checksum(packet));
    }

    /// <summary>Whether a message, from its ICMP header on, is an echo reply; which one.</summary>
    public static bool IsReply(ReadOnlySpan<byte> icmp, bool v6, out ushort id, out ushort sequence)
    {
        (id, sequence) = (0, 0);
        if (icmp.Length < HeaderSize || icmp[0] != (v6 ? 129 : 0) || icmp[1] != 0) return false;
        (id, sequence) = (BinaryPrimitives.ReadUInt16BigEndian(icmp[4..]), BinaryPrimitives.ReadUInt16BigEndian(icmp[6..]));
        return true;
    }

    /// <summary>Cuts the v4 header of variable length off; empty when it is not whole.</summary>
    public static ReadOnlySpan<byte> WithoutHeader4(ReadOnlySpan<byte> ip)
    {
        if (ip.Length < 20 || ip[0] >> 4 != 4) return default;
        var length = (ip[0] & 15) * 4;
        return length < 20 || ip.Length < length ? default : ip[length..];
    }

    /// <summary>The internet checksum (RFC 1071); 0 over a packet that carries a right one.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length > 1; bytes = bytes[2..]) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length == 1) sum += (uint)bytes[0] << 8;
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    public static byte RequestType(bool v6) => v6 ? (byte)128 : (byte)8;
}

/// <summary>An error message about an echo request that it quotes.</summary>
/// <param name="Type">The error's type.</param>
/// <param name="Code">The error's code.</param>
/// <param name="NextHopMtu">What the next hop takes, in bytes, where it is about that and says so.</param>
/// <param name="Id">Identifier of the request.</param>
/// <param name="Sequence">Sequence number of the request.</param>
/// <param name="Nonce">Nonce of the request; null when the quote ends before.</param>
/// <param name="Target">Where the request was going.</param>
internal readonly record struct QuotedEcho(byte Type, byte Code, int? NextHopMtu, ushort Id, ushort Sequence, ulong? Nonce, IPAddress Target)
{
    // RFC 8200 section 4: the headers that may stand between the IPv6 header and ICMPv6.
    private const int MostExtensions = 8;
    private const byte HopByHop = 0;
    private const byte Routing = 43;
    private const byte Fragment = 44;
    private const byte Icmp6 = 58;
    private const byte DestinationOptions = 60;

    /// <summary>Reads a message from its ICMP header on; null for anything but an error about an echo request.</summary>
    public static QuotedEcho? Read(ReadOnlySpan<byte> icmp, bool v6)
    {
        if (icmp.Length < IcmpPacket.HeaderSize) return null;
        var (type, code) = (icmp[0], icmp[1]);
        var quoted = icmp[IcmpPacket.HeaderSize..];
        if (!(v6 ? type is >= 1 and <= 4 : type is 3 or 11 or 12)) return null;
        var inner = v6 ? Inner6(quoted) : Inner4(quoted);
        if (inner.IsEmpty) return null;

        // RFC 1191 section 4: the low half of the word; RFC 4443 section 3.2: all of it.
        var mtu = v6 ? BinaryPrimitives.ReadUInt32BigEndian(icmp[4..]) : BinaryPrimitives.ReadUInt16BigEndian(icmp[6..]);
        return Of(type, code, mtu, v6, inner, new IPAddress(v6 ? quoted[24..40] : quoted[16..20]));
    }

    /// <summary>Reads what the error queue gives: the quoted request from its ICMP header on.</summary>
    public static QuotedEcho? Read(ErrorReport report, ReadOnlySpan<byte> inner, IPAddress target, bool v6) =>
        Of(report.Type, report.Code, report.Info, v6, inner, target);

    private static QuotedEcho? Of(byte type, byte code, uint mtu, bool v6, ReadOnlySpan<byte> inner, IPAddress target)
    {
        if (inner.Length < IcmpPacket.HeaderSize || inner[0] != IcmpPacket.RequestType(v6)) return null;
        var tellsMtu = (v6, type, code) is (false, 3, 4) or (true, 2, _) && mtu is > 0 and <= int.MaxValue;
        return new(
            type, code, tellsMtu ? (int)mtu : null,
            BinaryPrimitives.ReadUInt16BigEndian(inner[4..]), BinaryPrimitives.ReadUInt16BigEndian(inner[6..]),
            EchoPayload.Nonce(inner[IcmpPacket.HeaderSize..]), target);
    }

    // Only the first fragment of a request has its ICMP header.
    private static ReadOnlySpan<byte> Inner4(ReadOnlySpan<byte> quoted)
    {
        var inner = IcmpPacket.WithoutHeader4(quoted);
        return inner.IsEmpty || quoted[9] != 1 || (BinaryPrimitives.ReadUInt16BigEndian(quoted[6..]) & 0x1FFF) != 0 ? default : inner;
    }

    private static ReadOnlySpan<byte> Inner6(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length < 40 || quoted[0] >> 4 != 6) return default;
        var next = quoted[6];
        var rest = quoted[40..];
        for (var i = 0; i < MostExtensions && next is HopByHop or Routing or Fragment or DestinationOptions; i++)
        {
            if (rest.Length < 8) return default;
            var length = next == Fragment ? 8 : (rest[1] + 1) * 8;
            if (rest.Length < length || (next == Fragment && BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) >> 3 != 0)) return default;
            next = rest[0];
            rest = rest[length..];
        }

        return next == Icmp6 ? rest : default;
    }
}
