using System.Globalization;
using System.Text.RegularExpressions;
using Processes;
using Vedette;

namespace Interop;

/// <summary>Two hosts and a firewall between them; fping is the second opinion.</summary>
public sealed partial class PathTests
{
    [Fact]
    public async Task Ping_agrees_with_fping_on_a_good_path()
    {
        await using var hosts = await NetworkNamespaces.CreateAsync();
        var ours = await Run.InAsync(hosts.Near, "icmp", hosts.FarAddress, "--set", "packets=20", "--set", "gap=10ms");
        ours.Status.ShouldBe(Status.Up, ours.Message);
        ours.Measured("icmp_loss_ratio").ShouldBe(0);
        ours.Measured("icmp_reply_hop_limit").ShouldBe(64);
        ours.Phases.TryGet("rtt", out var rtt).ShouldBeTrue();

        var (_, _, errors) = await Command.RunAsync("ip", "netns", "exec", hosts.Near, "fping", "-q", "-c", "20", "-p", "10", hosts.FarAddress);
        var average = double.Parse(Average.Match(errors).Groups["average"].Value, CultureInfo.InvariantCulture) / 1000;
        rtt.ShouldBeGreaterThan(0);
        ours.Measured("icmp_duration_rtt_min_seconds").ShouldBeLessThan((average * 5) + 0.001);
    }

    [Fact]
    public async Task Every_second_echo_lost_is_half_the_packets_and_the_host_is_up()
    {
        await using var hosts = await NetworkNamespaces.CreateAsync();
        await hosts.FilterAsync("-A", "INPUT", "-p", "icmp", "-m", "statistic", "--mode", "nth", "--every", "2", "--packet", "0", "-j", "DROP");
        var result = await Run.InAsync(hosts.Near, "icmp", hosts.FarAddress, "--set", "packets=20", "--set", "gap=5ms", "--timeout", "1s");
        result.Status.ShouldBe(Status.Up, result.Message);
        result.Measured("icmp_loss_ratio").ShouldBe(0.5);
    }

    [Fact]
    public async Task Nobody_on_the_wire_is_no_neighbor_and_no_route_says_nothing_of_the_target()
    {
        await using var hosts = await NetworkNamespaces.CreateAsync();
        var absent = await Run.InAsync(hosts.Near, "icmp", "10.77.0.99", "--timeout", "5s");
        (absent.Status, absent.Reason).ShouldBe((Status.Down, Reasons.NoNeighbor));
        var unrouted = await Run.InAsync(hosts.Near, "icmp", "192.0.2.1", "--timeout", "1s");
        (unrouted.Status, unrouted.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute));
        var unroutedTcp = await Run.InAsync(hosts.Near, "tcp", "192.0.2.1:80", "--timeout", "1s");
        (unroutedTcp.Status, unroutedTcp.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute));
    }

    [Fact]
    public async Task A_closed_port_is_refused_at_once_and_a_filtered_one_times_out_with_its_retransmits()
    {
        await using var hosts = await NetworkNamespaces.CreateAsync();
        var closed = await Run.InAsync(hosts.Near, "tcp", $"{hosts.FarAddress}:7", "--timeout", "2s");
        (closed.Status, closed.Reason).ShouldBe((Status.Down, Reasons.Refused));
        closed.DurationSeconds.ShouldBeLessThan(1);

        await hosts.FilterAsync("-A", "INPUT", "-p", "tcp", "-j", "DROP");
        var filtered = await Run.InAsync(hosts.Near, "tcp", $"{hosts.FarAddress}:7", "--timeout", "1500ms");
        (filtered.Status, filtered.Reason).ShouldBe((Status.Down, Reasons.Timeout));
        filtered.Measured("tcp_syn_retransmits_count").ShouldBeGreaterThanOrEqualTo(1);
    }

    [GeneratedRegex("min/avg/max = [0-9.]+/(?<average>[0-9.]+)/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Average { get; }
}
