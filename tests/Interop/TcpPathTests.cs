using System.Diagnostics;
using Processes;
using Vedette;
using static Interop.RoutedNamespaces;

namespace Interop;

/// <summary>Connections through a real router whose firewall says no in every way it can.</summary>
public sealed class TcpPathTests
{
    private const int Port = 7;

    [Theory]
    [InlineData(Far4, "iptables", "icmp-admin-prohibited", Reasons.AdminProhibited, Router4)]
    [InlineData(Far4, "iptables", "icmp-host-prohibited", Reasons.AdminProhibited, Router4)]
    [InlineData(Far4, "iptables", "icmp-proto-unreachable", Reasons.ProtocolUnreachable, Router4)]
    [InlineData(Far4, "iptables", "icmp-port-unreachable", Reasons.PortUnreachable, Router4)]
    [InlineData(Far6, "ip6tables", "icmp6-adm-prohibited", Reasons.AdminProhibited, Router6)]
    [InlineData(Far6, "ip6tables", "icmp6-policy-fail", Reasons.AdminProhibited, Router6)]
    [InlineData(Far6, "ip6tables", "icmp6-port-unreachable", Reasons.PortUnreachable, Router6)]
    public async Task What_a_firewall_has_decided_ends_the_attempt_at_the_first_word(string target, string firewall, string answer, string reason, string router)
    {
        var result = await RunRejectedAsync(target, firewall, answer, reason, router, "10s");
        result.Measured("tcp_syn_retransmits_count").ShouldBe(0);
    }

    [Theory]
    [InlineData(Far4, "iptables", "icmp-host-unreachable", Reasons.HostUnreachable, Router4)]
    [InlineData(Far4, "iptables", "icmp-net-unreachable", Reasons.NetworkUnreachable, Router4)]
    [InlineData(Far6, "ip6tables", "icmp6-no-route", Reasons.NetworkUnreachable, Router6)]
    [InlineData(Far6, "ip6tables", "icmp6-addr-unreachable", Reasons.HostUnreachable, Router6)]
    public async Task What_may_pass_is_tried_again_as_a_lost_syn_is_until_no_time_is_left(string target, string firewall, string answer, string reason, string router)
    {
        var result = await RunRejectedAsync(target, firewall, answer, reason, router, "5s");

        // At 0, 1 and 3 s; the next would be at 7 s.
        result.Measured("tcp_syn_retransmits_count").ShouldBe(2);
        result.DurationSeconds.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Theory]
    [InlineData(Far4, "iptables", "icmp-host-unreachable")]
    [InlineData(Far6, "ip6tables", "icmp6-no-route")]
    public async Task A_way_that_opens_after_an_error_leads_to_an_open_port(string target, string firewall, string answer)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await using var server = await ListenAsync(hosts, target);
        await hosts.RejectAsync("tcp", firewall, answer, "-m", "statistic", "--mode", "nth", "--every", "1000", "--packet", "0");
        var result = await Run.InAsync(hosts.Near, "tcp", At(target), "--timeout", "5s");
        result.Status.ShouldBe(Status.Up, result.Message);
        result.Attributes.TryGet("reported_by", out _).ShouldBeFalse();
        result.Measured("tcp_syn_retransmits_count").ShouldBe(1);
        result.Phases.TryGet("connect", out var connect).ShouldBeTrue();
        connect.ShouldBeGreaterThanOrEqualTo(1);
    }

    [Fact]
    public async Task A_way_that_answers_once_and_then_falls_silent_is_down_for_what_it_said()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.RejectAsync("tcp", "iptables", "icmp-host-unreachable", "-m", "statistic", "--mode", "nth", "--every", "1000", "--packet", "0");
        await Command.MustAsync("ip", "netns", "exec", hosts.Router, "iptables", "-A", "FORWARD", "-p", "tcp", "-j", "DROP");
        var result = await Run.InAsync(hosts.Near, "tcp", At(Far4), "--timeout", "2500ms");
        (result.Status, result.Reason, result.Attribute("reported_by")).ShouldBe((Status.Down, Reasons.HostUnreachable, Router4), result.Message);
        result.DurationSeconds.ShouldBeGreaterThanOrEqualTo(2.4);
        result.Measured("tcp_syn_retransmits_count").ShouldBeGreaterThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(Far4, "iptables")]
    [InlineData(Far6, "ip6tables")]
    public async Task A_reset_is_a_refusal_that_nobody_else_reported(string target, string firewall)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.RejectAsync("tcp", firewall, "tcp-reset");
        var result = await Run.InAsync(hosts.Near, "tcp", At(target), "--timeout", "10s");
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.Refused), result.Message);
        result.Attributes.TryGet("reported_by", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("10.78.1.99", "10.78.1.1")]
    [InlineData("fd78:1::99", "fd78:1::1")]
    public async Task Nobody_on_the_wire_is_no_neighbor(string target, string own)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        var result = await Run.InAsync(hosts.Near, "tcp", At(target), "--timeout", "10s");
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.NoNeighbor), result.Message);
        result.Attribute("reported_by").ShouldBe(own);
    }

    [Theory]
    [InlineData(Far4, "iptables", "icmp-host-prohibited")]
    [InlineData(Far4, "iptables", "icmp-net-unreachable")]
    [InlineData(Far6, "ip6tables", "icmp6-adm-prohibited")]
    public async Task What_this_hosts_own_firewall_rejects_says_nothing_of_the_target(string target, string firewall, string answer)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await Command.MustAsync("ip", "netns", "exec", hosts.Near, firewall, "-A", "OUTPUT", "-p", "tcp", "-j", "REJECT", "--reject-with", answer);
        var result = await Run.InAsync(hosts.Near, "tcp", At(target), "--timeout", "2s");
        (result.Status, result.Reason).ShouldBe((Status.Unknown, Reasons.NoPermission), result.Message);
    }

    // Whoever rejects it: the run is down for it and names the router.
    private static async Task<Result> RunRejectedAsync(string target, string firewall, string answer, string reason, string router, string timeout)
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await hosts.RejectAsync("tcp", firewall, answer);
        var result = await Run.InAsync(hosts.Near, "tcp", At(target), "--timeout", timeout);
        (result.Status, result.Reason).ShouldBe((Status.Down, reason), result.Message);
        result.Attribute("reported_by").ShouldBe(router);
        result.Message!.ShouldContain($"{router} reported");
        return result;
    }

    private static string At(string target) => target.Contains(':') ? $"[{target}]:{Port}" : $"{target}:{Port}";

    private static async Task<Command> ListenAsync(RoutedNamespaces hosts, string target)
    {
        var server = Command.Start("ip", "netns", "exec", hosts.Far, "openssl", "s_server", "-nocert", "-quiet", "-accept", $"{Port}");
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(10);)
        {
            var (_, listening, _) = await Command.RunAsync("ip", "netns", "exec", hosts.Far, "ss", "-Hltn", $"sport = {Port}");
            if (listening.Length == 0) continue;

            // The hosts on the way have to find each other first, or the first SYN of the test is lost.
            (await Run.InAsync(hosts.Near, "tcp", At(target), "--timeout", "5s")).Status.ShouldBe(Status.Up);
            return server;
        }

        await server.DisposeAsync();
        throw new TimeoutException($"nothing listened in {hosts.Far} within 10 s");
    }
}
