using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes;

/// <summary>What an error of a socket says: about the target, about the path, or only about this host.</summary>
internal static class SocketFailures
{
    /// <summary>The failure of a socket call.</summary>
    /// <param name="error">What the call gave.</param>
    /// <param name="doing">What the probe was doing, such as <c>connecting to 192.0.2.1:80</c>.</param>
    public static Failure From(SocketError error, string doing) => error switch
    {
        SocketError.ConnectionRefused => Failure.Down(Reasons.Refused, $"refused while {doing}: the host is alive and nothing listens there"),
        SocketError.ConnectionReset or SocketError.ConnectionAborted => Failure.Down(Reasons.Reset, $"the connection was reset while {doing}"),
        SocketError.Shutdown => Failure.Down(Reasons.Closed, $"the connection was closed while {doing}"),
        SocketError.TimedOut => Failure.Down(Reasons.Timeout, $"the system gave up while {doing}"),

        // EHOSTUNREACH is a neighbour that does not answer, or an ICMP error of a router on the way (RFC 1122 section 3.2.2.1).
        SocketError.HostUnreachable => Failure.Down(Reasons.HostUnreachable, $"the host cannot be reached while {doing}"),

        // RFC 1812 section 5.2.7.1: without a route of our own nothing was sent, so nothing is known of the target.
        SocketError.NetworkUnreachable => Failure.Unknown(Reasons.NoRoute, $"this host has no route while {doing}; check its network"),
        SocketError.AddressNotAvailable => Failure.Unknown(Reasons.NoPorts, $"this host has no free local address or port while {doing}; check net.ipv4.ip_local_port_range"),
        SocketError.TooManyOpenSockets => Failure.Unknown(Reasons.NoSockets, $"this process may open no more files while {doing}; raise its limit (ulimit -n)"),
        SocketError.NoBufferSpaceAvailable => Failure.Unknown(Reasons.SendFailed, $"this host is out of network buffers while {doing}"),
        SocketError.AccessDenied => Failure.Unknown(Reasons.NoPermission, $"this host does not permit it while {doing}; check its firewall and the program's capabilities"),
        SocketError.AddressFamilyNotSupported => Failure.Unknown(Reasons.Unsupported, $"this host does not speak that address family while {doing}"),
        _ => Failure.Unknown(Reasons.SendFailed, $"the system answered {error} while {doing}"),
    };

    /// <summary>The failure of connecting. Unreachable may be what a router said (icmp_err_convert of the kernel), or this host's own routes.</summary>
    public static Failure Connecting(SocketError error, IPEndPoint to)
    {
        var doing = $"connecting to {to}";
        if (error == SocketError.ProtocolOption) return Failure.Down(Reasons.ProtocolUnreachable, $"the host does not speak TCP, it said while {doing}");
        if (error is not (SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.HostDown)) return From(error, doing);
        if (!OwnAddresses.HasRoute(to.Address)) return From(SocketError.NetworkUnreachable, doing);
        return error == SocketError.NetworkUnreachable
            ? Failure.Down(Reasons.NetworkUnreachable, $"a router on the way said that it knows no way on while {doing}")
            : From(SocketError.HostUnreachable, doing);
    }

    /// <summary>The failure of an exception that a stream gives: a socket's error behind it, or the end of the stream.</summary>
    public static Failure From(Exception exception, string doing) => exception switch
    {
        SocketException socket => From(socket.SocketErrorCode, doing),
        { InnerException: SocketException inner } => From(inner.SocketErrorCode, doing),
        EndOfStreamException => Failure.Down(Reasons.Closed, $"the connection was closed while {doing}"),
        _ => Failure.Down(Reasons.ProtocolError, $"the connection failed while {doing}: {exception.Message}"),
    };
}
