using Processes;
using Vedette;
using static Interop.RoutedNamespaces;

namespace Interop;

/// <summary>Pings through a real router, from raw sockets and from the kernel's ping sockets.</summary>
public sealed class IcmpTests
{
    [Theory]
    [InlineData(Far4, Router4)]
    [InlineData(Far6, Router6)]
    public async Task A_router_that_lets_a_packet_die_is_named(string target, string router)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.AllowPingSocketsAsync();
        foreach (var run in new Func<string[], Task<Result>>[] { arguments => Run.InAsync(hosts.Near, arguments), arguments => Run.WithoutRawSocketsAsync(hosts.Near, arguments) })
        {
            var died = await run(["icmp", target, "--set", "ttl=1", "--timeout", "5s"]);
            (died.Status, died.Reason).ShouldBe((Status.Down, Reasons.TtlExceeded), died.Message);
            died.Attribute("reported_by").ShouldBe(router);
            died.Message!.ShouldContain(router);
            died.DurationSeconds.ShouldBeLessThan(4);

            var through = await run(["icmp", target, "--set", "ttl=2", "--set", "packets=3", "--set", "gap=5ms"]);
            through.Status.ShouldBe(Status.Up, through.Message);
            through.Measured("icmp_reply_hop_limit").ShouldBe(63);
            through.Measured("icmp_jitter_seconds").ShouldBeLessThan(1);
        }
    }

    [Theory]
    [InlineData(Far4, Router4)]
    [InlineData(Far6, Router6)]
    public async Task What_nobody_may_cut_meets_the_narrow_link_every_time_and_what_may_be_cut_passes(string target, string router)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.AllowPingSocketsAsync();
        await hosts.NarrowAsync(1300);
        foreach (var run in new Func<string[], Task<Result>>[] { arguments => Run.InAsync(hosts.Near, arguments), arguments => Run.WithoutRawSocketsAsync(hosts.Near, arguments) })
        {
            for (var times = 0; times < 2; times++)
            {
                var whole = await run(["icmp", target, "--set", "size=1400", "--set", "dontFragment=true", "--timeout", "5s"]);
                (whole.Status, whole.Reason).ShouldBe((Status.Down, Reasons.FragmentationNeeded), whole.Message);
                whole.Measured("icmp_next_hop_mtu_bytes").ShouldBe(1300);
                whole.Attribute("reported_by").ShouldBe(router);
                whole.Message!.ShouldContain("1300");
            }

            var small = await run(["icmp", target, "--set", "size=1200", "--set", "dontFragment=true"]);
            small.Status.ShouldBe(Status.Up, small.Message);
            await Command.MustAsync("ip", "-n", hosts.Near, "route", "flush", "cache");
            await Command.MustAsync("ip", "-6", "-n", hosts.Near, "route", "flush", "cache");
            var cut = await run(["icmp", target, "--set", "size=1400", "--timeout", "5s"]);
            cut.Status.ShouldBe(Status.Up, cut.Message);
            cut.Measured("icmp_loss_ratio").ShouldBe(0);
        }
    }

    [Fact]
    public async Task What_does_not_fit_the_own_link_says_nothing_of_the_target()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        foreach (var target in new[] { Far4, Far6 })
        {
            var result = await Run.InAsync(hosts.Near, "icmp", target, "--set", "size=1600", "--set", "dontFragment=true", "--timeout", "1s");
            (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.SendFailed), result.Message);
        }
    }

    [Fact]
    public async Task Without_any_right_to_ping_both_remedies_are_named()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await SetAsync(hosts.Near, "ipv4/ping_group_range=1 0");
        var denied = await Run.WithoutRawSocketsAsync(hosts.Near, "icmp", Far4);
        (denied.Status, denied.Reason).ShouldBe((Status.Unknown, Reasons.NoPermission), denied.Message);
        denied.Message!.ShouldContain("cap_net_raw");
        denied.Message!.ShouldContain("ping_group_range");
    }

    [Fact]
    public async Task Nobody_on_the_wire_is_no_neighbor_in_either_family_from_either_socket()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.AllowPingSocketsAsync();
        var results = await Task.WhenAll(new[] { "10.78.1.99", "fd78:1::99" }.SelectMany(target => new[]
        {
            Run.InAsync(hosts.Near, "icmp", target, "--timeout", "6s"),
            Run.WithoutRawSocketsAsync(hosts.Near, "icmp", target, "--timeout", "6s"),
        }));
        foreach (var result in results) (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.NoNeighbor), result.Message);
    }

    [Fact]
    public async Task What_this_hosts_own_firewall_or_routes_refuse_says_nothing_of_the_target()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await Command.MustAsync("ip", "-n", hosts.Near, "route", "add", "unreachable", "192.0.2.0/24");
        var unreachable = await Run.InAsync(hosts.Near, "icmp", "192.0.2.1", "--timeout", "1s");
        (unreachable.Status, unreachable.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute), unreachable.Message);

        await Command.MustAsync("ip", "netns", "exec", hosts.Near, "iptables", "-A", "OUTPUT", "-p", "icmp", "-j", "DROP");
        var firewalled = await Run.InAsync(hosts.Near, "icmp", Far4, "--timeout", "1s");
        (firewalled.Status, firewalled.Reason).ShouldBe((Status.Unknown, Reasons.NoPermission), firewalled.Message);

        await Command.MustAsync("ip", "netns", "exec", hosts.Near, "iptables", "-F", "OUTPUT");
        await Command.MustAsync("ip", "netns", "exec", hosts.Near, "iptables", "-A", "OUTPUT", "-p", "icmp", "--icmp-type", "echo-request", "-j", "REJECT");
        var rejected = await Run.InAsync(hosts.Near, "icmp", Far4, "--timeout", "1s");
        (rejected.Status, rejected.Reason).ShouldBe((Status.Unknown, Reasons.NoPermission), rejected.Message);
    }

    [Fact]
    public async Task A_router_without_a_route_on_is_named_from_either_socket()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.AllowPingSocketsAsync();
        foreach (var target in new[] { "203.0.113.1", "2001:db8::1" })
        {
            var raw = await Run.InAsync(hosts.Near, "icmp", target, "--timeout", "5s");
            (raw.Status, raw.Reason).ShouldBe((Status.Down, Reasons.NetworkUnreachable), raw.Message);
            var ping = await Run.WithoutRawSocketsAsync(hosts.Near, "icmp", target, "--timeout", "5s");
            (ping.Status, ping.Reason, ping.Attribute("reported_by")).ShouldBe((Status.Down, Reasons.NetworkUnreachable, raw.Attribute("reported_by")), ping.Message);
        }
    }

    [Fact]
    public async Task A_router_without_a_route_on_is_not_taken_for_this_hosts_own_routes_by_a_connection_either()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await Command.MustAsync("ip", "-n", hosts.Near, "route", "add", "unreachable", "192.0.2.0/24");
        foreach (var target in new[] { "203.0.113.1:80", "[2001:db8::1]:80" })
        {
            var beyond = await Run.InAsync(hosts.Near, "tcp", target, "--timeout", "5s");
            (beyond.Status, beyond.Reason).ShouldBe((Status.Down, Reasons.NetworkUnreachable), beyond.Message);
        }

        var own = await Run.InAsync(hosts.Near, "tcp", "192.0.2.1:80", "--timeout", "1s");
        (own.Status, own.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute), own.Message);
        await Command.MustAsync("ip", "netns", "exec", hosts.Router, "iptables", "-A", "FORWARD", "-p", "tcp", "-j", "REJECT", "--reject-with", "icmp-proto-unreachable");
        var refusing = await Run.InAsync(hosts.Near, "tcp", $"{Far4}:80", "--timeout", "5s");
        (refusing.Status, refusing.Reason).ShouldBe((Status.Down, Reasons.ProtocolUnreachable), refusing.Message);
    }
}
