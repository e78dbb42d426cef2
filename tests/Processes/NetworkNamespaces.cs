namespace Processes;

/// <summary>Two hosts of the test's own, <c>10.77.N.1</c> and <c>10.77.N.2</c>, joined by a wire; gone when disposed.</summary>
public sealed class NetworkNamespaces : IAsyncDisposable
{
    private NetworkNamespaces(string near, string far, string farAddress) => (Near, Far, FarAddress) = (near, far, farAddress);

    /// <summary>The namespace of the side that watches.</summary>
    public string Near { get; }

    /// <summary>The namespace of the side that is watched.</summary>
    public string Far { get; }

    /// <summary>The address of the watched side.</summary>
    public string FarAddress { get; }

    /// <summary>Makes the two hosts. Needs root.</summary>
    public static async Task<NetworkNamespaces> CreateAsync()
    {
        var tag = Guid.NewGuid().ToString("N")[..6];
        var hosts = new NetworkNamespaces($"vn{tag}", $"vf{tag}", "10.77.0.2");
        await Command.MustAsync("ip", "netns", "add", hosts.Near);
        await Command.MustAsync("ip", "netns", "add", hosts.Far);
        await Command.MustAsync("ip", "link", "add", $"n{tag}", "netns", hosts.Near, "type", "veth", "peer", "name", $"f{tag}", "netns", hosts.Far);
        await Command.MustAsync("ip", "-n", hosts.Near, "addr", "add", "10.77.0.1/24", "dev", $"n{tag}");
        await Command.MustAsync("ip", "-n", hosts.Far, "addr", "add", "10.77.0.2/24", "dev", $"f{tag}");
        foreach (var (host, link) in new[] { (hosts.Near, $"n{tag}"), (hosts.Far, $"f{tag}") })
        {
            await Command.MustAsync("ip", "-n", host, "link", "set", "lo", "up");
            await Command.MustAsync("ip", "-n", host, "link", "set", link, "up");
        }

        return hosts;
    }

    /// <summary>Adds a firewall rule to the watched side.</summary>
    public Task FilterAsync(params string[] rule) => Command.MustAsync("ip", ["netns", "exec", Far, "iptables", .. rule]);

    public async ValueTask DisposeAsync()
    {
        await Command.MustAsync("ip", "netns", "del", Near);
        await Command.MustAsync("ip", "netns", "del", Far);
    }
}
