using System.Net;
using Vedette.Linux.Host;

namespace Vedette.Cli.Doctor;

/// <summary>Where packets of this host can go. Only routes are looked up; nothing is sent.</summary>
internal static class NetworkExamination
{
    // The addresses of a.root-servers.net stand for the outside.
    private static readonly IPAddress Outside = IPAddress.Parse("198.41.0.4");
    private static readonly IPAddress Outside6 = IPAddress.Parse("2001:503:ba3e::2:30");

    public static IEnumerable<Finding> Examine()
    {
        yield return Loopback();
        yield return HostNetwork.SourceTo(Outside) is { } source
            ? Finding.Ok("IPv4", $"there is a route to the outside, from {source}{(HostNetwork.DefaultGateway() is { } gateway ? $" by way of {gateway}" : "")}")
            : Finding.Missing("IPv4", "there is no route to the outside: checks of other hosts are unknown (no_route)", "sudo ip route add default via GATEWAY");
        yield return HostNetwork.SourceTo(Outside6) is { } source6
            ? Finding.Ok("IPv6", $"there is a route to the outside, from {source6}")
            : Finding.Limited("IPv6", "there is no route to the outside: checks with family=6 are unknown (no_route)", "sudo ip -6 route add default via GATEWAY");
        yield return NameServer();
    }

    private static Finding Loopback() =>
        HostNetwork.SourceTo(IPAddress.Loopback) is { } source && IPAddress.IsLoopback(source)
            ? Finding.Ok("loopback", "it is up")
            : Finding.Missing("loopback", "it is down: neither hub nor page can be reached from this host", "sudo ip link set lo up");

    private static Finding NameServer()
    {
        const string Name = "name server";
        if (HostNetwork.NameServer() is not { } server)
            return Finding.Limited(Name, "/etc/resolv.conf names none: names are found only in /etc/hosts", "echo nameserver ADDRESS | sudo tee -a /etc/resolv.conf");
        return HostNetwork.SourceTo(server) is not null
            ? Finding.Ok(Name, $"{server} is asked first, and there is a route to it")
            : Finding.Missing(Name, $"{server} is asked first, and there is no route to it: checks of names are unknown", $"sudo ip route add {server} via GATEWAY");
    }
}
