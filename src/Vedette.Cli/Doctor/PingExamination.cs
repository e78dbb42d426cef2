using System.Net;
using System.Net.Sockets;
using Vedette.Linux;
using Vedette.Linux.Sockets;

namespace Vedette.Cli.Doctor;

/// <summary>Whether and how this process may send pings, and whether it hears what hosts report of its packets.</summary>
internal static class PingExamination
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public static IEnumerable<Finding> Examine()
    {
        var raw = Open(IcmpAccess.Raw);
        yield return raw == Errno.None
            ? Finding.Ok("raw sockets", "this process may open them: pings choose their source, and several agents behind one address do not disturb each other")
            : Finding.Limited("raw sockets", $"this process may not open them ({Say(raw)}): an IPv6 ping cannot choose its source", $"sudo setcap cap_net_raw+ep {Environment.ProcessPath}");
        yield return (Open(IcmpAccess.Ping), raw) switch
        {
            (Errno.None, _) => Finding.Ok("ping sockets", "this process may ping without any privilege"),
            (_, Errno.None) => Finding.Ok("ping sockets", "not permitted to this process, and not needed, since raw sockets are"),
            var (ping, _) => Finding.Missing("ping sockets", $"not permitted either ({Say(ping)}): no icmp check can run", "sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\""),
        };
        yield return ErrorQueue();
    }

    private static Errno Open(IcmpAccess access)
    {
        using var socket = IcmpSocket.Open(v6: false, access, dontFragment: false, out var error);
        return error;
    }

    // A datagram to a port of this host that was just given back: the kernel reports that nobody is there, and who says so.
    private static Finding ErrorQueue()
    {
        const string Name = "error queue";
        try
        {
            var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            sender.Connect(nobody.LocalEndPoint!);
            sender.KeepReports();
            nobody.Dispose();
            sender.Send([1]);
            sender.Poll(Patience, SelectMode.SelectError);
            return sender.Read(new ReceiveBatch(1, 64), reports: true, out _) == 1
                ? Finding.Ok(Name, "the kernel tells who reported an error about a packet")
                : Finding.Limited(Name, "the kernel did not tell of a closed port: errors reported on the way look like silence; a firewall may drop ICMP on loopback", "sudo iptables -I INPUT -i lo -j ACCEPT");
        }
        catch (SocketException e)
        {
            return Finding.Limited(Name, $"it could not be tried: {e.Message}", "sudo ip link set lo up");
        }
    }

    private static string Say(Errno error) => error is Errno.NotPermitted or Errno.AccessDenied ? "permission denied" : error.ToString();
}
