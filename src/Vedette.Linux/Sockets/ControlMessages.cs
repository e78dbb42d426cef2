using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary>Control messages (<c>struct cmsghdr</c> of 64-bit systems; each begins at a multiple of eight bytes).</summary>
internal static class ControlMessages
{
    private const int HeaderSize = 16;
    private const int ErrorSize = 16;

    /// <summary>Writes the hop limit and the source address that one packet shall have; how many bytes that took.</summary>
    public static int Write(Span<byte> control, AddressFamily family, int? hopLimit, IPAddress? source)
    {
        var v6 = family == AddressFamily.InterNetworkV6;
        var length = 0;
        if (hopLimit is { } hops)
        {
            var value = Begin(control, ref length, Level(v6), v6 ? SocketConstants.Ip6HopLimit : SocketConstants.IpTtl, sizeof(int));
            MemoryMarshal.Write(value, hops);
        }

        if (source is not null) WriteSource(control, ref length, v6, source);
        return length;
    }

    /// <summary>Reads what came with a packet; anything unknown or cut is passed over.</summary>
    public static Arrival Read(ReadOnlySpan<byte> control)
    {
        var arrival = default(Arrival);
        while (control.Length >= HeaderSize)
        {
            var length = MemoryMarshal.Read<long>(control);
            if (length < HeaderSize || length > control.Length) break;
            arrival = Read(arrival, MemoryMarshal.Read<int>(control[8..]), MemoryMarshal.Read<int>(control[12..]), control[HeaderSize..(int)length]);
            control = control[Math.Min(Align((int)length), control.Length)..];
        }

        return arrival;
    }

    private static Arrival Read(Arrival arrival, int level, int type, ReadOnlySpan<byte> value) => (level, type) switch
    {
        (SocketConstants.LevelSocket, SocketConstants.TimestampNs) when value.Length >= 16 => arrival with { At = MemoryMarshal.Read<TimeSpec>(value).ToNanoseconds() },
        (SocketConstants.LevelSocket, SocketConstants.ReceiveQueueOverflow) when value.Length >= 4 => arrival with { Dropped = MemoryMarshal.Read<uint>(value) },
        (SocketConstants.LevelIp, SocketConstants.IpTtl) or (SocketConstants.LevelIp6, SocketConstants.Ip6HopLimit) when value.Length >= 4 =>
            arrival with { HopLimit = MemoryMarshal.Read<int>(value) },
        (SocketConstants.LevelIp, SocketConstants.IpReceiveErrors) or (SocketConstants.LevelIp6, SocketConstants.Ip6ReceiveErrors) when value.Length >= ErrorSize =>
            arrival with { Report = ReadReport(value) },
        _ => arrival,
    };

    // struct sock_extended_err of linux/errqueue.h, and behind it the address of who reported.
    private static ErrorReport? ReadReport(ReadOnlySpan<byte> value) =>
        value[4] is SocketConstants.OriginIcmp or SocketConstants.OriginIcmp6 && SocketName.Read(value[ErrorSize..]) is { } reporter
            ? new(value[5], value[6], MemoryMarshal.Read<uint>(value[8..]), reporter) { ExtensionsAt = ReadExtensions(value[12..]) }
            : null;

    // struct sock_ee_data_rfc4884: where they begin, and whether the kernel found them well-formed.
    private static int? ReadExtensions(ReadOnlySpan<byte> value)
    {
        var at = MemoryMarshal.Read<ushort>(value);
        return at == 0 || (value[2] & SocketConstants.ExtensionInvalid) != 0 ? null : at;
    }

    // struct in_pktinfo: the source is its second field; struct in6_pktinfo: the first, and the interface behind it.
    private static void WriteSource(Span<byte> control, ref int length, bool v6, IPAddress source)
    {
        var value = Begin(control, ref length, Level(v6), v6 ? SocketConstants.Ip6PacketInfo : SocketConstants.IpPacketInfo, v6 ? 20 : 12);
        source.TryWriteBytes(v6 ? value : value[4..], out _);
        if (v6) MemoryMarshal.Write(value[16..], (int)source.ScopeId);
    }

    private static Span<byte> Begin(Span<byte> control, ref int length, int level, int type, int size)
    {
        var message = control.Slice(length, Align(HeaderSize + size));
        message.Clear();
        MemoryMarshal.Write(message, (long)(HeaderSize + size));
        MemoryMarshal.Write(message[8..], level);
        MemoryMarshal.Write(message[12..], type);
        length += message.Length;
        return message.Slice(HeaderSize, size);
    }

    private static int Level(bool v6) => v6 ? SocketConstants.LevelIp6 : SocketConstants.LevelIp;

    private static int Align(int length) => (length + 7) & ~7;
}
