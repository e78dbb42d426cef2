using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vedette.Linux.Host;

/// <summary>What this host says of the network around it.</summary>
public static class HostNetwork
{
    // RTF_UP and RTF_GATEWAY, linux/route.h.
    private const int UpGateway = 0x3;

    /// <summary>The IPv4 default gateway with the lowest metric in <c>/proc/net/route</c> (proc_pid_net(5)), or null.</summary>
    public static IPAddress? DefaultGateway() => DefaultGateway(ProcFile.Lines("/proc/net/route"));

    /// <summary>The first name server of <c>/etc/resolv.conf</c> (resolv.conf(5)), or null.</summary>
    public static IPAddress? NameServer() => NameServer(ProcFile.Lines("/etc/resolv.conf"));

    /// <summary>The address that packets to a target leave this host from, or null without a route. Nothing is sent.</summary>
    public static IPAddress? SourceTo(IPAddress target)
    {
        // RFC 863: any port will do, and this one means nobody harm. Connecting a datagram socket only looks the route up.
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

    /// <summary>The same, of the lines of that file.</summary>
    public static IPAddress? DefaultGateway(IEnumerable<string> routes) =>
        routes.Skip(1).Select(line => line.Split('\t', StringSplitOptions.TrimEntries))
            .Where(fields => fields is [_, "00000000", _, _, _, _, _, "00000000", ..] && (Hex(fields[3]) & UpGateway) == UpGateway)
            .MinBy(fields => int.Parse(fields[6], CultureInfo.InvariantCulture)) is { } best ? new IPAddress((uint)Hex(best[2])) : null;

    /// <summary>The same, of the lines of that file.</summary>
    public static IPAddress? NameServer(IEnumerable<string> configuration) =>
        configuration.Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["nameserver", _, ..])
            .Select(words => IPAddress.TryParse(words[1], out var address) ? address : null)
            .FirstOrDefault(address => address is not null);

    // The kernel prints an address as the number it is in this machine's memory, which is what IPAddress takes.
    private static long Hex(string text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
