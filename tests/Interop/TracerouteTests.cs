using System.Text.Json;
using System.Text.RegularExpressions;
using Processes;
using Vedette;

namespace Interop;

/// <summary>A chain of routers in network namespaces; the traceroute of Debian is the second opinion.</summary>
public sealed partial class TracerouteTests
{
    [Theory]
    [InlineData("udp", false)]
    [InlineData("udp", true)]
    [InlineData("icmp", false)]
    [InlineData("icmp", true)]
    [InlineData("tcp", false)]
    [InlineData("tcp", true)]
    public async Task Traceroute_agrees_with_traceroute_with_and_without_raw_sockets(string method, bool v6)
    {
        await using var chain = await RouterChain.CreateAsync(routers: 4);
        await chain.SetAsync(0, "ipv4/ping_group_range=0 2147483647");
        await chain.SilenceAsync(2);
        var theirs = await TheirsAsync(chain, method, v6);
        string[] check = ["traceroute", chain.FarAddress(v6), "--set", $"method={method}"];
        var raw = await Run.InAsync(chain.Near, check);
        var unprivileged = await Run.WithoutRawSocketsAsync(chain.Near, check);
        foreach (var ours in new[] { raw, unprivileged })
        {
            ours.Status.ShouldBe(Status.Up, ours.Message);
            Hops(ours).ShouldBe([RouterChain.Address(1, v6), "*", RouterChain.Address(3, v6), RouterChain.Address(4, v6), RouterChain.Address(5, v6)]);
            Hops(ours).ShouldBe(theirs);
            (ours.Measured("traceroute_total_hops"), ours.Measured("traceroute_silent_hops_count"), ours.Measured("traceroute_packet_loss_percent")).ShouldBe((5, 1, 0));
            ours.Attribute("ended_by").ShouldBe(chain.FarAddress(v6));
            ours.Attribute("ended_with").ShouldBe(method switch { "udp" => "port_unreachable", "icmp" => "echo_reply", _ => "rst" });
        }

        unprivileged.Attribute("route_hash").ShouldBe(raw.Attribute("route_hash"));
        unprivileged.Attribute("flow").ShouldBe(raw.Attribute("flow"));
        if (method != "tcp") return;
        await using var listener = Command.Start("ip", "netns", "exec", chain.Far, "openssl", "s_server", "-nocert", "-accept", "80");
        foreach (var ask in new Func<string, string[], Task<Result>>[] { Run.InAsync, Run.WithoutRawSocketsAsync })
        {
            // Until it listens.
            var listening = await ask(chain.Near, check);
            for (var tries = 0; tries < 50 && listening.Attribute("ended_with") == "rst"; tries++) listening = await ask(chain.Near, check);
            (listening.Status, listening.Attribute("ended_with")).ShouldBe((Status.Up, "syn_ack"));
        }
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Where_flows_are_spread_over_two_links_a_trace_keeps_to_one_and_another_flow_may_take_the_other(string method)
    {
        await using var chain = await RouterChain.CreateAsync(routers: 3);
        await chain.DoubleAsync(2);
        var links = new HashSet<string>();

        // Each port is another flow; that so many take the same of two links has a chance of one in 2^63.
        for (var port = 1000; links.Count < 2 && port < 1064; port++)
        {
            string[] check = ["traceroute", chain.FarAddress(v6: false), "--set", $"method={method}", "--set", "queries=10", "--set", $"port={port}"];
            var trace = await Run.InAsync(chain.Near, check);
            trace.Status.ShouldBe(Status.Up, trace.Message);
            Hops(trace)[1].ShouldBeOneOf("10.79.2.2", "10.79.102.2");
            links.Add(Hops(trace)[1]);
            if (port > 1000) continue;
            foreach (var again in new[] { await Run.InAsync(chain.Near, check), await Run.WithoutRawSocketsAsync(chain.Near, check) })
                (Hops(again)[1], again.Attribute("route_hash")).ShouldBe((Hops(trace)[1], trace.Attribute("route_hash")), "the same flow, the same way");
        }

        links.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_rejects_on_the_way_is_named_and_a_path_that_gives_out_says_where(bool v6)
    {
        await using var chain = await RouterChain.CreateAsync(routers: 3);
        await Command.MustAsync("ip", ["netns", "exec", chain.Host(2), v6 ? "ip6tables" : "iptables", "-A", "FORWARD", "-p", "udp", "-j", "REJECT", "--reject-with", v6 ? "icmp6-adm-prohibited" : "icmp-admin-prohibited"]);
        foreach (var ask in new Func<string, string[], Task<Result>>[] { Run.InAsync, Run.WithoutRawSocketsAsync })
        {
            var rejected = await ask(chain.Near, ["traceroute", chain.FarAddress(v6)]);
            (rejected.Status, rejected.Reason, rejected.Attribute("ended_by")).ShouldBe((Status.Down, Reasons.AdminProhibited, RouterChain.Address(2, v6)));
            rejected.Measured("traceroute_packet_loss_percent").ShouldBe(100);
        }

        await chain.FilterAsync(2, "-F FORWARD");
        await chain.FilterAsync(2, "-A FORWARD -j DROP");
        var lost = await Run.InAsync(chain.Near, "traceroute", chain.FarAddress(v6), "--timeout", "4s");
        (lost.Status, lost.Reason, lost.Attribute("ended_with")).ShouldBe((Status.Down, Reasons.Timeout, "silence"));
        lost.Message!.ShouldContain($"hop 2, {RouterChain.Address(2, v6)}");
        lost.DurationSeconds.ShouldBeLessThan(4.1);
    }

    [Fact]
    public async Task A_rate_limited_router_is_no_loss()
    {
        await using var chain = await RouterChain.CreateAsync(routers: 3);

        // One error a second: of the ten packets to it at most two are answered.
        await chain.SetAsync(2, "ipv4/icmp_ratelimit=1000", "ipv4/icmp_msgs_per_sec=1", "ipv4/icmp_msgs_burst=1");
        var result = await Run.InAsync(chain.Near, "traceroute", chain.FarAddress(v6: false), "--set", "queries=10");
        (result.Status, result.Measured("traceroute_packet_loss_percent")).ShouldBe((Status.Up, 0), result.Message);
    }

    [Fact]
    public async Task No_route_no_neighbor_no_single_host_and_no_permission_are_what_they_are_called()
    {
        await using var chain = await RouterChain.CreateAsync(routers: 0);
        var unrouted = await Run.InAsync(chain.Near, "traceroute", "192.0.2.1", "--timeout", "2s");
        (unrouted.Status, unrouted.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute), unrouted.Message);
        var unroutedTcp = await Run.WithoutRawSocketsAsync(chain.Near, "traceroute", "192.0.2.1", "--timeout", "2s", "--set", "method=tcp");
        (unroutedTcp.Status, unroutedTcp.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute), unroutedTcp.Message);
        var absent = await Run.InAsync(chain.Near, "traceroute", "10.79.1.99");
        (absent.Status, absent.Reason).ShouldBe((Status.Down, Reasons.NoNeighbor), absent.Message);
        foreach (var method in new[] { "udp", "icmp", "tcp" })
        {
            var broadcast = await Run.InAsync(chain.Near, "traceroute", "10.79.1.255", "--set", $"method={method}", "--timeout", "2s");
            (broadcast.Status, broadcast.Reason).ShouldBe((Status.Unknown, Reasons.PolicyDenied), broadcast.Message);
        }

        var forbidden = await Run.WithoutRawSocketsAsync(chain.Near, "traceroute", chain.FarAddress(v6: false), "--set", "method=icmp");
        (forbidden.Status, forbidden.Reason).ShouldBe((Status.Unknown, Reasons.NoPermission), forbidden.Message);
    }

    // -q 1 and -w 1 to be quick; a star is a hop that did not answer.
    private static async Task<string[]> TheirsAsync(RouterChain chain, string method, bool v6)
    {
        string[] how = method switch { "icmp" => ["-I"], "tcp" => ["-T", "-p", "80"], _ => [] };
        var (_, output, _) = await Command.RunAsync("ip", ["netns", "exec", chain.Near, "traceroute", v6 ? "-6" : "-4", "-n", "-q", "1", "-w", "1", .. how, chain.FarAddress(v6)]);
        return [.. HopLine.Matches(output).Select(line => line.Groups["who"].Value)];
    }

    private static string[] Hops(Result result)
    {
        using var details = JsonDocument.Parse(result.Details!);
        return [.. details.RootElement.GetProperty("hops").EnumerateArray().Select(hop => hop.GetProperty("addresses") is var addresses && addresses.GetArrayLength() == 0 ? "*" : string.Join(',', addresses.EnumerateArray()))];
    }

    [GeneratedRegex(@"^ *\d+  (?<who>\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HopLine { get; }
}
