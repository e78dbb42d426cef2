using System.Collections.Immutable;
using System.Net;
using Vedette.Linux.Host;

namespace Vedette.Cli.Up;

/// <summary>What a hub begins with, so that there is something to see: itself, and the way out of this machine.</summary>
internal static class FirstChecks
{
    public static IReadOnlyList<CheckDraft> For(IPEndPoint listen)
    {
        var drafts = new List<CheckDraft> { Draft("vedette", "http", $"http://{Reachable(listen)}/healthz", "this hub") };
        if (HostNetwork.DefaultGateway() is { } gateway) drafts.Add(Draft("gateway", "icmp", gateway.ToString(), "default gateway"));
        if (HostNetwork.NameServer() is { } server) drafts.Add(Draft("resolver", "dns", ".", "name server") with { Parameters = Asked(server) });
        return drafts;
    }

    // Every name server has something to say of the root without asking far; one that serves only its own names says that there is none.
    private static Dictionary<string, ImmutableArray<string>?> Asked(IPAddress server) =>
        new() { ["server"] = [server.ToString()], ["type"] = ["NS"], ["expectRcode"] = ["NOERROR", "NXDOMAIN"] };

    private static CheckDraft Draft(string id, string kind, string target, string name) =>
        new() { Id = id, Kind = kind, Target = target, Name = name, Interval = TimeSpan.FromSeconds(10) };

    /// <summary>Where this machine reaches what listens there: every address includes loopback.</summary>
    public static IPEndPoint Reachable(IPEndPoint listen) => new(
        listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : listen.Address, listen.Port);
}
