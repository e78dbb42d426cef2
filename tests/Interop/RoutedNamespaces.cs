using Processes;

namespace Interop;

/// <summary>
/// Two hosts of the test's own with a router between them: <c>10.78.1.1</c> and <c>fd78:1::1</c>, by way of <c>.2</c> of each link, to
/// <c>10.78.2.1</c> and <c>fd78:2::1</c>. Gone when disposed.
/// </summary>
internal sealed class RoutedNamespaces : IAsyncDisposable
{
    public const string Far4 = "10.78.2.1";
    public const string Far6 = "fd78:2::1";
    public const string Router4 = "10.78.1.2";
    public const string Router6 = "fd78:1::2";

    private readonly string tag = Guid.NewGuid().ToString("N")[..6];

    private RoutedNamespaces()
    {
    }

    public string Near => $"va{tag}";

    public string Router => $"vb{tag}";

    public string Far => $"vc{tag}";

    public static async Task<RoutedNamespaces> CreateAsync()
    {
        var hosts = new RoutedNamespaces();
        foreach (var host in new[] { hosts.Near, hosts.Router, hosts.Far }) await Command.MustAsync("ip", "netns", "add", host);
        await hosts.JoinAsync(hosts.Near, 1);
        await hosts.JoinAsync(hosts.Far, 2);

        // The router answers as often as it is asked, and passes on.
        await SetAsync(hosts.Router, "ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1", "ipv4/icmp_ratelimit=0", "ipv6/icmp/ratelimit=0");
        return hosts;
    }

    /// <summary>Makes the far link narrow.</summary>
    public async Task NarrowAsync(int mtu)
    {
        await Command.MustAsync("ip", "-n", Router, "link", "set", "to2", "mtu", $"{mtu}");
        await Command.MustAsync("ip", "-n", Far, "link", "set", "up2", "mtu", $"{mtu}");
    }

    /// <summary>Sets kernel parameters of a host, such as <c>ipv4/ip_forward=1</c>.</summary>
    public static async Task SetAsync(string host, params string[] settings)
    {
        foreach (var setting in settings.Select(setting => setting.Split('=')))
            await Command.MustAsync("ip", "netns", "exec", host, "sh", "-c", $"echo '{setting[1]}' > /proc/sys/net/{setting[0]}");
    }

    /// <summary>Has the router's firewall (<c>iptables</c> or <c>ip6tables</c>) answer what it is to pass on of a protocol; all of it, or what its rule says.</summary>
    public Task RejectAsync(string protocol, string firewall, string answer, params string[] rule) =>
        Command.MustAsync("ip", ["netns", "exec", Router, firewall, "-A", "FORWARD", "-p", protocol, .. rule, "-j", "REJECT", "--reject-with", answer]);

    /// <summary>Lets everybody on the watching side open ping sockets.</summary>
    public Task AllowPingSocketsAsync() => SetAsync(Near, "ipv4/ping_group_range=0 2147483647");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in new[] { Near, Router, Far }) await Command.MustAsync("ip", "netns", "del", host);
    }

    private async Task JoinAsync(string host, int number)
    {
        var (up, to) = ($"up{number}", $"to{number}");
        await Command.MustAsync("ip", "link", "add", up, "netns", host, "type", "veth", "peer", "name", to, "netns", Router);
        foreach (var (end, link, last) in new[] { (host, up, 1), (Router, to, 2) })
        {
            await Command.MustAsync("ip", "-n", end, "addr", "add", $"10.78.{number}.{last}/24", "dev", link);
            await Command.MustAsync("ip", "-n", end, "addr", "add", $"fd78:{number}::{last}/64", "dev", link, "nodad");
            await Command.MustAsync("ip", "-n", end, "link", "set", link, "up");
            await Command.MustAsync("ip", "-n", end, "link", "set", "lo", "up");
        }

        await Command.MustAsync("ip", "-n", host, "route", "add", "default", "via", $"10.78.{number}.2");
        await Command.MustAsync("ip", "-n", host, "route", "add", "default", "via", $"fd78:{number}::2");
    }
}
