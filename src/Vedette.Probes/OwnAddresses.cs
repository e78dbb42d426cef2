using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes;

/// <summary>What this host's addresses and routes are, asked of the kernel without sending anything.</summary>
internal static class OwnAddresses
{
    // Connecting a datagram socket only looks the route up; to one of the host's own addresses it leaves from that very address.
    public static bool Contains(IPAddress address) => SourceTo(address) is { } source && source.Equals(address);

    public static bool HasRoute(IPAddress target) => SourceTo(target) is not null;

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

    private static IPAddress? SourceTo(IPAddress target)
    {
        // RFC 863: any port will do, and this one means nobody harm.
        const int Discard = 9;
        try
        {
            using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(target, Discard));
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
