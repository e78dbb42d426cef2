using System.Diagnostics;
using Processes;
using Vedette;
using static Interop.RoutedNamespaces;

namespace Interop;

/// <summary>Datagrams through a real router, to a real host that echoes them or does not.</summary>
public sealed class UdpPathTests
{
    private const int Port = 7;

    [Theory]
    [InlineData(Far4, "iptables", "icmp-admin-prohibited", Reasons.AdminProhibited, Router4)]
    [InlineData(Far4, "iptables", "icmp-host-unreachable", Reasons.HostUnreachable, Router4)]
    [InlineData(Far4, "iptables", "icmp-net-unreachable", Reasons.NetworkUnreachable, Router4)]
    [InlineData(Far4, "iptables", "icmp-proto-unreachable", Reasons.ProtocolUnreachable, Router4)]
    [InlineData(Far4, "iptables", "icmp-port-unreachable", Reasons.PortUnreachable, Router4)]
    [InlineData(Far6, "ip6tables", "icmp6-adm-prohibited", Reasons.AdminProhibited, Router6)]
    [InlineData(Far6, "ip6tables", "icmp6-no-route", Reasons.NetworkUnreachable, Router6)]
    [InlineData(Far6, "ip6tables", "icmp6-addr-unreachable", Reasons.HostUnreachable, Router6)]
    [InlineData(Far6, "ip6tables", "icmp6-port-unreachable", Reasons.PortUnreachable, Router6)]
    public async Task What_a_router_rejects_is_down_by_its_word_and_not_closed(string target, string firewall, string answer, string reason, string router)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.RejectAsync("udp", firewall, answer);
        foreach (var closedIs in new[] { "down", "up" })
        {
            var result = await Run.InAsync(hosts.Near, "udp", At(target), "--set", $"closedIs={closedIs}", "--timeout", "10s");
            (result.Status, result.Reason).ShouldBe((Status.Down, reason), result.Message);
            result.Attribute("reported_by").ShouldBe(router);
            result.Message!.ShouldContain($"{router} reported");
        }
    }

    [Theory]
    [InlineData(Far4)]
    [InlineData(Far6)]
    public async Task What_the_host_itself_rejects_is_closed(string target)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        var result = await Run.InAsync(hosts.Near, "udp", At(target), "--timeout", "10s");
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.Closed), result.Message);
        result.Attribute("reported_by").ShouldBe(target);
        (await Run.InAsync(hosts.Near, "udp", At(target), "--set", "closedIs=up", "--timeout", "10s")).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task What_a_firewall_drops_is_a_timeout_whatever_closed_means()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await Command.MustAsync("ip", "netns", "exec", hosts.Router, "iptables", "-A", "FORWARD", "-p", "udp", "-j", "DROP");
        foreach (var closedIs in new[] { "down", "up" })
        {
            var result = await Run.InAsync(hosts.Near, "udp", At(Far4), "--set", $"closedIs={closedIs}", "--timeout", "300ms");
            (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.Timeout), result.Message);
        }
    }

    [Theory]
    [InlineData("10.78.1.99")]
    [InlineData("fd78:1::99")]
    public async Task Nobody_on_the_wire_is_no_neighbor(string target)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        var result = await Run.InAsync(hosts.Near, "udp", At(target), "--timeout", "10s");
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.NoNeighbor), result.Message);
    }

    [Fact]
    public async Task What_this_host_keeps_back_says_nothing_of_the_target()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await Command.MustAsync("ip", "netns", "exec", hosts.Near, "iptables", "-A", "OUTPUT", "-p", "udp", "-j", "REJECT", "--reject-with", "icmp-admin-prohibited");
        var rejected = await Run.InAsync(hosts.Near, "udp", At(Far4), "--timeout", "2s");
        (rejected.Status, rejected.Reason).ShouldBe((Status.Unknown, Reasons.NoPermission), rejected.Message);
        await Command.MustAsync("ip", "-n", hosts.Near, "route", "del", "default");
        var unrouted = await Run.InAsync(hosts.Near, "udp", At(Far4), "--timeout", "2s");
        (unrouted.Status, unrouted.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute), unrouted.Message);
        await Command.MustAsync("ip", "-n", hosts.Near, "route", "add", "unreachable", "default");
        unrouted = await Run.InAsync(hosts.Near, "udp", At(Far4), "--timeout", "2s");
        (unrouted.Status, unrouted.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute), unrouted.Message);
    }

    [Theory]
    [InlineData(Far4)]
    [InlineData(Far6)]
    public async Task The_first_large_datagram_over_a_narrow_path_arrives_and_so_does_its_echo(string target)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.NarrowAsync(1300);
        await using var echo = await EchoAsync(hosts.Far);
        var large = new string('x', 4000);
        var result = await Run.InAsync(hosts.Near, "udp", At(target), "--set", $"send={large}", "--set", $"expect={large}", "--timeout", "5s");
        result.Status.ShouldBe(Status.Up, result.Message);
        result.Measured("udp_reply_bytes").ShouldBe(4000);
    }

    private static string At(string target) => target.Contains(':') ? $"[{target}]:{Port}" : $"{target}:{Port}";

    private static async Task<Command> EchoAsync(string host)
    {
        var echo = Command.Start("ip", "netns", "exec", host, "socat", $"UDP6-RECVFROM:{Port},ipv6only=0,fork", "PIPE");
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(10);)
        {
            var (_, listening, _) = await Command.RunAsync("ip", "netns", "exec", host, "ss", "-Hlun", $"sport = {Port}");
            if (listening.Length > 0) return echo;
        }

        await echo.DisposeAsync();
        throw new TimeoutException($"nothing listened in {host} within 10 s");
    }
}
