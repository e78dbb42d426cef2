using System.Net;
using System.Net.Sockets;
using Vedette.Linux.Host;

namespace Vedette.Probes;

/// <summary>What this host's addresses and routes are, asked of the kernel without sending anything.</summary>
internal static class OwnAddresses
{
    // To one of the host's own addresses it leaves from that very address.
    public static bool Contains(IPAddress address) => HostNetwork.SourceTo(address) is { } source && source.Equals(address);

    public static bool HasRoute(IPAddress target) => HostNetwork.SourceTo(target) is not null;

    /// <summary>
    /// Whether the routes lead to everybody on a network of this host. The kernel lets no socket send there that was not made for it (ip(7), EACCES),
    /// which a route that forbids a destination answers too, but to every socket.
    /// </summary>
    public static bool IsBroadcast(IPAddress target) =>
        target.AddressFamily == AddressFamily.InterNetwork && !HasRoute(target) && HasBroadcastRoute(target);

    public static bool CanSendFrom(IPAddress source)
    {
        try
        {
            using var socket = new Socket(source.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(source, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool HasBroadcastRoute(IPAddress target)
    {
        // RFC 863: any port will do, and this one means nobody harm.
        const int Discard = 9;
        try
        {
            using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { EnableBroadcast = true };
            socket.Connect(new IPEndPoint(target, Discard));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
