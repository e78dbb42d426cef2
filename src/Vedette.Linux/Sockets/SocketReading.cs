using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary>What the framework's sockets leave unread: stamps, hop limits, and the errors that hosts on the way reported.</summary>
public static class SocketReading
{
    /// <summary>Has the kernel stamp every packet when it arrives (SO_TIMESTAMPNS).</summary>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void StampArrivals(this Socket socket) => Set(socket, SocketConstants.LevelSocket, SocketConstants.TimestampNs, 1);

    /// <summary>Has the kernel tell with every packet how many hops it had left (IP_RECVTTL, IPV6_RECVHOPLIMIT).</summary>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void TellHopLimits(this Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork) Set(socket, SocketConstants.LevelIp, SocketConstants.IpReceiveTtl, 1);
        else Set(socket, SocketConstants.LevelIp6, SocketConstants.Ip6ReceiveHopLimit, 1);
    }

    /// <summary>
    /// Has the kernel keep ICMP errors about packets of this socket, with who sent them (IP_RECVERR, IPV6_RECVERR). A stream socket keeps them from
    /// Linux 5.18 on, and only while it connects.
    /// </summary>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void KeepReports(this Socket socket) => SetReports(socket, 1);

    /// <summary>Ends <see cref="KeepReports"/>: while it is on, an error on the way that would pass ends an established connection (ip(7), IP_RECVERR).</summary>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void DropReports(this Socket socket) => SetReports(socket, 0);

    /// <summary>
    /// Has the kernel tell with a report where its extensions begin (IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884); false before Linux 5.9, which
    /// does not know how.
    /// </summary>
    public static bool TellExtensions(this Socket socket)
    {
        try
        {
            if (socket.AddressFamily == AddressFamily.InterNetwork) Set(socket, SocketConstants.LevelIp, SocketConstants.IpReceiveErrorsExtended, 1);
            else Set(socket, SocketConstants.LevelIp6, SocketConstants.Ip6ReceiveErrorsExtended, 1);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ProtocolOption)
        {
            return false;
        }
    }

    /// <summary>Has all packets of an IPv6 socket carry the flow label 0 (IPV6_AUTOFLOWLABEL), where the kernel would choose one a socket.</summary>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void LeaveFlowLabel(this Socket socket) => Set(socket, SocketConstants.LevelIp6, SocketConstants.Ip6AutoFlowLabel, 0);

    /// <summary>Reads what came, without waiting; how many, 0 with <see cref="Errno.TryAgain"/> when nothing is there.</summary>
    /// <param name="socket">Of datagrams; the error queue of a stream socket can be read as well.</param>
    /// <param name="batch">Takes it. Of a report, the packet is what followed the IP header of the packet it is about; on a UDP socket,
    /// what followed the UDP header.</param>
    /// <param name="reports">Reads the error queue instead.</param>
    /// <param name="error">What else the call gave: also an error that waits on the socket, which reading takes away.</param>
    public static int Read(this Socket socket, ReceiveBatch batch, bool reports, out Errno error) => batch.Fill(socket.SafeHandle, reports, out error);

    private static void SetReports(Socket socket, int value)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork) Set(socket, SocketConstants.LevelIp, SocketConstants.IpReceiveErrors, value);
        else Set(socket, SocketConstants.LevelIp6, SocketConstants.Ip6ReceiveErrors, value);
    }

    private static void Set(Socket socket, int level, int option, int value) =>
        socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
}
