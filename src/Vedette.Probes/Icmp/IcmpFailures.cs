using System.Net;
using System.Net.Sockets;
using Vedette.Linux;

namespace Vedette.Probes.Icmp;

/// <summary>What this host's own refusals mean. They say nothing of the target, but for a neighbour that does not answer.</summary>
internal static class IcmpFailures
{
    public static Failure NoPermission => Failure.Unknown(
        Reasons.NoPermission,
        "this process may not send pings; give the program cap_net_raw with setcap, or let its group ping with sysctl net.ipv4.ping_group_range");

    public static Failure NoSource6 => Failure.Unknown(
        Reasons.Unsupported, "without raw sockets this system cannot choose the source of an IPv6 ping; give the program cap_net_raw with setcap, or leave source out");

    public static Failure Opening(Errno error) => error is Errno.NotPermitted or Errno.AccessDenied
        ? NoPermission
        : SocketFailures.From(ToSocketError(error), "opening a socket for pings") with { Status = Status.Unknown };

    public static Failure Sending(Errno error, Echo echo) => error switch
    {
        Errno.AccessDenied when OwnAddresses.IsBroadcast(echo.Target) => Broadcast(echo.Target),
        Errno.HostUnreachable when OwnAddresses.HasRoute(echo.Target) => NoNeighbor(echo.Target),
        Errno.HostUnreachable => Failure.Unknown(Reasons.NoRoute, $"the routes of this host say that {echo.Target} is unreachable; check its network"),
        Errno.MessageTooLong => Failure.Unknown(
            Reasons.SendFailed, $"a ping of {echo.Terms.Size} bytes that nobody may cut does not fit this host's own link; give a smaller size"),
        Errno.InvalidArgument when echo.Terms.Source is { } source => Failure.Unknown(
            Reasons.SendFailed, $"this host cannot send from {source} to {echo.Target}; give a source that has a route there"),
        _ => SocketFailures.From(ToSocketError(error), "sending the echo request") with { Status = Status.Unknown },
    };

    public static Failure Broadcast(IPAddress target) => Failure.Unknown(
        Reasons.PolicyDenied, $"{target} is the broadcast address of a network of this host, not the address of one host; it is never probed");

    public static Failure NoNeighbor(IPAddress target) => Failure.Down(Reasons.NoNeighbor, $"{target} does not answer on its own network");

    private static SocketError ToSocketError(Errno error) => error switch
    {
        Errno.NotPermitted or Errno.AccessDenied => SocketError.AccessDenied,
        Errno.OutOfFiles or Errno.SystemOutOfFiles => SocketError.TooManyOpenSockets,
        Errno.NoBuffers or Errno.NoMemory => SocketError.NoBufferSpaceAvailable,
        Errno.FamilyNotSupported or Errno.ProtocolNotSupported => SocketError.AddressFamilyNotSupported,
        Errno.NetworkUnreachable or Errno.AddressNotAvailable => SocketError.NetworkUnreachable,
        Errno.NetworkDown => SocketError.NetworkDown,
        Errno.InvalidArgument => SocketError.InvalidArgument,
        _ => new SocketException((int)error).SocketErrorCode,
    };
}
