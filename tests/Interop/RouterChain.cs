using Processes;

namespace Interop;

/// <summary>
/// Hosts of the test's own in a row, all but the first and the last routers: host N has <c>10.79.N.2</c> and <c>fd79:N::2</c> towards the first. Gone when
/// disposed.
/// </summary>
internal sealed class RouterChain : IAsyncDisposable
{
    private readonly string tag = Guid.NewGuid().ToString("N")[..6];
    private readonly int last;

    private RouterChain(int last) => this.last = last;

    /// <summary>The host that watches.</summary>
    public string Near => Host(0);

    /// <summary>The host that is watched.</summary>
    public string Far => Host(last);

    /// <summary>The address of a host towards the watching one, which is the one that it answers with.</summary>
    public static string Address(int number, bool v6) => v6 ? $"fd79:{number}::2" : $"10.79.{number}.2";

    public string FarAddress(bool v6) => Address(last, v6);

    public string Host(int number) => $"vr{tag}{number}";

    /// <summary>Makes a watching host, so many routers, and a watched one. Needs root.</summary>
    public static async Task<RouterChain> CreateAsync(int routers)
    {
        var chain = new RouterChain(routers + 1);
        for (var number = 0; number <= chain.last; number++)
        {
            await Command.MustAsync("ip", "netns", "add", chain.Host(number));
            await chain.IpAsync(number, "link set lo up");
            if (number > 0) await chain.JoinAsync(number);

            // Neighbours are there at once, and errors go out as often as there is cause.
            await chain.SetAsync(number, "ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1", "ipv4/icmp_ratelimit=0", "ipv6/icmp/ratelimit=0");
        }

        for (var number = 0; number < chain.last; number++)
            for (var beyond = number + 2; beyond <= chain.last; beyond++)
            {
                await chain.IpAsync(number, $"route add 10.79.{beyond}.0/24 via 10.79.{number + 1}.2");
                await chain.IpAsync(number, $"-6 route add fd79:{beyond}::/64 via fd79:{number + 1}::2");
            }

        return chain;
    }

    /// <summary>
    /// A second link between host N-1 and host N, <c>10.79.10N.2</c> at its end, and packets beyond spread over both by their ports; errors come from
    /// the address of the link that they are about.
    /// </summary>
    public async Task DoubleAsync(int number)
    {
        await LinkAsync(number, "also", "more");
        await IpAsync(number - 1, $"addr add 10.79.{100 + number}.1/24 dev more");
        await IpAsync(number, $"addr add 10.79.{100 + number}.2/24 dev also");
        await SetAsync(number, "ipv4/icmp_errors_use_inbound_ifaddr=1", "ipv4/conf/all/rp_filter=0", "ipv4/conf/also/rp_filter=0");

        // Addresses, protocol and ports, read from the packet: policy 1 would take the hash of the sender's socket, which on one machine comes along.
        await SetAsync(number - 1, "ipv4/fib_multipath_hash_policy=3", "ipv4/fib_multipath_hash_fields=55");
        for (var beyond = number + 1; beyond <= last; beyond++)
            await IpAsync(number - 1, $"route replace 10.79.{beyond}.0/24 nexthop via 10.79.{number}.2 nexthop via 10.79.{100 + number}.2");
    }

    /// <summary>Adds a firewall rule to a host, for both families.</summary>
    public async Task FilterAsync(int number, string rule)
    {
        foreach (var program in new[] { "iptables", "ip6tables" }) await Command.MustAsync("ip", ["netns", "exec", Host(number), program, .. rule.Split(' ')]);
    }

    /// <summary>Has a host say nothing of packets that it does not pass on.</summary>
    public async Task SilenceAsync(int number)
    {
        await Command.MustAsync("ip", "netns", "exec", Host(number), "iptables", "-A", "OUTPUT", "-p", "icmp", "-j", "DROP");
        await Command.MustAsync("ip", "netns", "exec", Host(number), "ip6tables", "-A", "OUTPUT", "-p", "icmpv6", "--icmpv6-type", "time-exceeded", "-j", "DROP");
    }

    /// <summary>Sets kernel parameters of a host, such as <c>ipv4/ip_forward=1</c>.</summary>
    public Task SetAsync(int number, params string[] settings) => RoutedNamespaces.SetAsync(Host(number), settings);

    public async ValueTask DisposeAsync()
    {
        for (var number = 0; number <= last; number++) await Command.MustAsync("ip", "netns", "del", Host(number));
    }

    private async Task JoinAsync(int number)
    {
        await LinkAsync(number, "near", "far");
        foreach (var (host, link, end) in new[] { (number - 1, "far", 1), (number, "near", 2) })
        {
            await IpAsync(host, $"addr add 10.79.{number}.{end}/24 dev {link}");
            await IpAsync(host, $"addr add fd79:{number}::{end}/64 dev {link} nodad");
        }

        await IpAsync(number, $"route add default via 10.79.{number}.1");
        await IpAsync(number, $"-6 route add default via fd79:{number}::1");
    }

    private async Task LinkAsync(int number, string near, string far)
    {
        await Command.MustAsync("ip", "link", "add", near, "netns", Host(number), "type", "veth", "peer", "name", far, "netns", Host(number - 1));
        foreach (var (host, link) in new[] { (number, near), (number - 1, far) })
        {
            // Link-local addresses are good for neighbour discovery only once nobody else was found to have them.
            await SetAsync(host, $"ipv6/conf/{link}/accept_dad=0");
            await IpAsync(host, $"link set {link} up");
        }
    }

    private Task IpAsync(int number, string arguments) => Command.MustAsync("ip", ["-n", Host(number), .. arguments.Split(' ')]);
}
