using System.Buffers.Binary;
using System.Net;

namespace Vedette.Probes.Icmp;

/// <summary>An echo reply, or an error message about an echo request that it quotes (RFC 792, RFC 4443).</summary>
/// <param name="Type">0 or 129 for a reply, otherwise the error's type.</param>
/// <param name="Code">The error's code.</param>
/// <param name="Id">Identifier of the echo.</param>
/// <param name="Sequence">Sequence number of the echo.</param>
/// <param name="QuotedTarget">Where the quoted request was going; null for a reply.</param>
internal readonly record struct IcmpPacket(byte Type, byte Code, ushort Id, ushort Sequence, IPAddress? QuotedTarget)
{
    public const int HeaderSize = 8;

    /// <summary>Writes an echo request; the v6 checksum is the kernel's work.</summary>
    public static byte[] Request(bool v6, ushort id, ushort sequence, ReadOnlySpan<byte> payload)
    {
        var packet = new byte[HeaderSize + payload.Length];
        packet[0] = v6 ? (byte)128 : (byte)8;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), sequence);
        payload.CopyTo(packet.AsSpan(HeaderSize));
        if (!v6) BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Checksum(packet));
        return packet;
    }

    /// <summary>Reads a message without its outer IP header; null for anything that is not about an echo.</summary>
    public static IcmpPacket? Read(ReadOnlySpan<byte> icmp, bool v6)
    {
        if (icmp.Length < HeaderSize) return null;
        var (type, code) = (icmp[0], icmp[1]);
        if (type == (v6 ? 129 : 0)) return code == 0 ? Of(type, code, icmp, null) : null;
        if (!(v6 ? type is >= 1 and <= 4 : type is 3 or 11 or 12)) return null;
        return v6 ? ReadQuoted6(type, code, icmp[HeaderSize..]) : ReadQuoted4(type, code, icmp[HeaderSize..]);
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

    private static IcmpPacket? ReadQuoted4(byte type, byte code, ReadOnlySpan<byte> quoted)
    {
        var inner = WithoutHeader4(quoted);
        return inner.Length < HeaderSize || quoted[9] != 1 || inner[0] != 8 ? null : Of(type, code, inner, new IPAddress(quoted[16..20]));
    }

    private static IcmpPacket? ReadQuoted6(byte type, byte code, ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length < 48 || quoted[0] >> 4 != 6 || quoted[6] != 58 || quoted[40] != 128) return null;
        return Of(type, code, quoted[40..], new IPAddress(quoted[24..40]));
    }

    private static IcmpPacket Of(byte type, byte code, ReadOnlySpan<byte> echo, IPAddress? target) =>
        new(type, code, BinaryPrimitives.ReadUInt16BigEndian(echo[4..]), BinaryPrimitives.ReadUInt16BigEndian(echo[6..]), target);
}
