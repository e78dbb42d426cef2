using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary>How a process may send echo requests.</summary>
public enum IcmpAccess
{
    /// <summary>A raw socket: needs CAP_NET_RAW; the sender chooses the identifier, and hears every reply that this host gets.</summary>
    Raw,

    /// <summary>A ping socket: needs a group in <c>net.ipv4.ping_group_range</c>; the kernel sets the identifier and passes on only replies to it.</summary>
    Ping,
}

/// <summary>
/// A socket for echo requests that never blocks, with arrival stamps, hop limits, the error queue, and a count of what the kernel dropped.
/// The error queue is on for raw sockets too: without it the kernel keeps a full transmit queue (ENOBUFS) to itself, and the packet looks lost.
/// </summary>
public sealed unsafe class IcmpSocket : IDisposable
{
    private const int Datagram = 2;
    private const int RawType = 3;
    private const int ProtocolIcmp = 1;
    private const int ProtocolIcmp6 = 58;
    private const int BufferSize = 4 << 20;

    private readonly bool v6;

    private IcmpSocket(FileDescriptor file, bool v6) => (File, this.v6) = (file, v6);

    internal FileDescriptor File { get; }

    /// <summary>Opens one; null with the reason when it is not to be had.</summary>
    /// <param name="v6">For ICMPv6.</param>
    /// <param name="access">The kind of socket.</param>
    /// <param name="dontFragment">Whether its packets carry DF (IPv4) or are never cut by this host (IPv6). Otherwise IPv4 packets go without DF.</param>
    /// <param name="error">Why there is none.</param>
    public static IcmpSocket? Open(bool v6, IcmpAccess access, bool dontFragment, out Errno error)
    {
        var type = access == IcmpAccess.Raw ? RawType : Datagram;
        var file = Libc.Socket(
            v6 ? SocketConstants.FamilyInet6 : SocketConstants.FamilyInet,
            type | SocketConstants.CloseOnExec | SocketConstants.NonBlocking,
            v6 ? ProtocolIcmp6 : ProtocolIcmp);
        error = file.IsInvalid ? Libc.LastError : Errno.None;
        if (error != Errno.None) return null;

        var socket = new IcmpSocket(file, v6);
        error = socket.Configure(dontFragment);
        if (error == Errno.None) return socket;
        socket.Dispose();
        return null;
    }

    /// <summary>Lets only these ICMP types in. For raw sockets; a ping socket hears only its own replies anyway.</summary>
    public Errno Hear(params ReadOnlySpan<byte> types)
    {
        Span<uint> blocked = stackalloc uint[PacketFilters.IcmpWords(v6)];
        PacketFilters.BlockAllBut(blocked, types);
        return Set(v6 ? SocketConstants.LevelIcmp6 : SocketConstants.LevelRaw, SocketConstants.IcmpFilter, MemoryMarshal.AsBytes(blocked));
    }

    /// <summary>Sends a batch from a packet on; how many went, at least one unless there is an error, which is then about that packet.</summary>
    public int Send(SendBatch batch, int first, out Errno error)
    {
        var sent = Libc.SendMessages(File, batch.From(first), (uint)(batch.Count - first), SocketConstants.DontWait);
        error = sent < 0 ? Libc.LastError : Errno.None;
        return Math.Max(sent, 0);
    }

    /// <summary>Reads what came; how many, 0 with <see cref="Errno.TryAgain"/> when nothing is there.</summary>
    /// <param name="batch">Takes it.</param>
    /// <param name="reports">Reads the error queue instead.</param>
    /// <param name="error">What else the call gave: also an error that waits on the socket, which reading takes away.</param>
    public int Receive(ReceiveBatch batch, bool reports, out Errno error) => batch.Fill(File, reports, out error);

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();

    private Errno Configure(bool dontFragment)
    {
        // More than net.core.rmem_max needs CAP_NET_ADMIN; without it the most that is allowed has to do.
        if (Set(SocketConstants.LevelSocket, SocketConstants.ReceiveBufferForce, BufferSize) != Errno.None)
            Set(SocketConstants.LevelSocket, SocketConstants.ReceiveBuffer, BufferSize);
        Set(SocketConstants.LevelSocket, SocketConstants.SendBuffer, BufferSize);
        ReadOnlySpan<(int Level, int Option, int Value)> options = v6 ? Options6(dontFragment) : Options4(dontFragment);
        foreach (var (level, option, value) in options)
            if (Set(level, option, value) is var error and not Errno.None) return error;
        return Errno.None;
    }

    private static (int, int, int)[] Options4(bool dontFragment) =>
    [
        (SocketConstants.LevelSocket, SocketConstants.TimestampNs, 1),
        (SocketConstants.LevelSocket, SocketConstants.ReceiveQueueOverflow, 1),
        (SocketConstants.LevelIp, SocketConstants.IpReceiveTtl, 1),
        (SocketConstants.LevelIp, SocketConstants.IpReceiveErrors, 1),
        (SocketConstants.LevelIp, SocketConstants.IpMtuDiscover, dontFragment ? SocketConstants.MtuDiscoverProbe : SocketConstants.MtuDiscoverDont),
    ];

    // IPv6 keeps the system's path MTU discovery unless asked otherwise: no router cuts, so this host has to.
    private static (int, int, int)[] Options6(bool dontFragment) =>
    [
        (SocketConstants.LevelSocket, SocketConstants.TimestampNs, 1),
        (SocketConstants.LevelSocket, SocketConstants.ReceiveQueueOverflow, 1),
        (SocketConstants.LevelIp6, SocketConstants.Ip6ReceiveHopLimit, 1),
        (SocketConstants.LevelIp6, SocketConstants.Ip6ReceiveErrors, 1),
        .. dontFragment
            ? (ReadOnlySpan<(int, int, int)>)[(SocketConstants.LevelIp6, SocketConstants.Ip6MtuDiscover, SocketConstants.MtuDiscoverProbe), (SocketConstants.LevelIp6, SocketConstants.Ip6DontFragment, 1)]
            : [],
    ];

    private Errno Set(int level, int option, int value) => Set(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

    private Errno Set(int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* bytes = value)
            return Libc.SetSocketOption(File, level, option, bytes, (uint)value.Length) < 0 ? Libc.LastError : Errno.None;
    }
}
