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
}
