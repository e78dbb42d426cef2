using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary>What the framework's sockets leave unset of how packets go out.</summary>
public static class SocketSending
{
    // RFC 8200 section 5: what every link takes, and so what a host sends that does not explore the path.
    private const int LeastMtu6 = 1280;

    /// <summary>
    /// Has a large datagram cut so that every path takes it: routers may cut it (IPv4), or this host cuts it to the least that any link takes
    /// (IPv6, IPV6_MTU). Otherwise the first one over a narrow path is lost, and again each time the kernel forgets what it learned of the path.
    /// </summary>
    /// <param name="socket">Of datagrams.</param>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void CutForEveryPath(this Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork) Set(socket, SocketConstants.LevelIp, SocketConstants.IpMtuDiscover, SocketConstants.MtuDiscoverDont);
        else Set(socket, SocketConstants.LevelIp6, SocketConstants.Ip6Mtu, LeastMtu6);
    }

    private static void Set(Socket socket, int level, int option, int value) =>
        socket.SetRawSocketOption(level, option, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
}
