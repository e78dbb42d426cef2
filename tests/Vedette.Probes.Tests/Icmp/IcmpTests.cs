using System.Diagnostics;
using System.Net;
using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Icmp;

public sealed class IcmpTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_host_that_answers_is_up(string target)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var seen = await probe.RunAsync(target, Parameters.Empty.With("packets", ["3"]).With("gap", ["1ms"]));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("icmp_packets_received_count").ShouldBe(3);
        seen.Measured("icmp_loss_ratio").ShouldBe(0);
        seen.Measured("icmp_reply_hop_limit").ShouldBe(64);
        seen.Measured("icmp_jitter_seconds").ShouldBeInRange(0, 1);
        seen.Phases.First(phase => phase.Key == "rtt").Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Hundreds_of_runs_at_once_share_one_thread()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var runs = await Task.WhenAll(Enumerable.Range(0, 600).Select(i => probe.RunAsync($"127.0.{1 + (i / 250)}.{1 + (i % 250)}", Parameters.Empty)));
        runs.ShouldAllBe(seen => seen.Status == Status.Up);

        // The tests of other classes that run meanwhile have one each.
        Directory.GetDirectories("/proc/self/task").Count(task => NameOf(task) == "vedette-icmp").ShouldBeInRange(1, 4);
    }

    [Fact]
    public async Task What_this_host_refuses_once_is_not_tried_again_in_the_run()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var clock = Stopwatch.StartNew();

        // In a network without a route, and were each of the packets sent, for ten seconds.
        var running = await OwnNetwork.EnterAsync(() => probe.RunAsync("192.0.2.1", Parameters.Empty.With("packets", ["20"]).With("gap", ["500ms"]), TimeSpan.FromSeconds(30)));
        var seen = await running;
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.NoRoute), seen.Message);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(8));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("256")]
    public void A_hop_limit_outside_of_its_byte_is_refused(string ttl)
    {
        var problems = new Problems();
        IcmpProbe.Kind.Validate("192.0.2.1", Parameters.Empty.With("ttl", [ttl]), problems);
        problems.Found.ShouldHaveSingleItem().Path.ShouldBe("set.ttl");
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("1")]
    [InlineData("0.0.0.0")]
    public void A_source_that_is_no_address_is_refused(string source)
    {
        var problems = new Problems();
        IcmpProbe.Kind.Validate("192.0.2.1", Parameters.Empty.With("source", [source]), problems);
        problems.Found.ShouldHaveSingleItem().Path.ShouldBe("set.source");
    }

    [Fact]
    public async Task A_source_that_this_host_does_not_have_says_nothing_of_the_target()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var foreign = await probe.RunAsync("127.0.0.1", Parameters.Empty.With("source", ["192.0.2.77"]));
        (foreign.Status, foreign.Reason).ShouldBe((Status.Unknown, Reasons.SendFailed));
        foreign.Message!.ShouldContain("192.0.2.77");
        var other = await probe.RunAsync("127.0.0.1", Parameters.Empty.With("source", ["::1"]).With("family", ["4"]));
        (other.Status, other.Reason).ShouldBe((Status.Unknown, Reasons.SendFailed));
        var own = await probe.RunAsync("127.0.0.1", Parameters.Empty.With("source", ["127.0.0.9"]));
        own.Status.ShouldBe(Status.Up, own.Message);
    }

    [Fact]
    public async Task Packets_that_cannot_fit_the_timeout_are_refused_not_lost()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var seen = await probe.RunAsync("127.0.0.1", Parameters.Empty.With("packets", ["20"]).With("gap", ["100ms"]), TimeSpan.FromSeconds(1));
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.Unsupported));
        seen.Message!.ShouldContain("20 packets");
        seen.Measurements.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1", "8")]
    [InlineData("127.0.0.1", "65000")]
    [InlineData("::1", "13")]
    [InlineData("::1", "65000")]
    public async Task Any_size_comes_back_whole(string target, string size)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver);
        var seen = await probe.RunAsync(target, Parameters.Empty.With("size", [size]));
        seen.Status.ShouldBe(Status.Up, seen.Message);
    }

    [Fact]
    public void Jitter_is_the_mean_difference_of_neighbours_and_skips_what_was_lost()
    {
        EchoVerdict.Jitter(Answered(10, 12, 11)).ShouldNotBeNull().ShouldBe(0.0015, 1e-9);
        EchoVerdict.Jitter(Answered(10, null, 30, 31)).ShouldNotBeNull().ShouldBe(0.001, 1e-9);
        EchoVerdict.Jitter(Answered(10, null, 30)).ShouldBeNull();
        EchoVerdict.Jitter(Answered(10)).ShouldBeNull();
    }

    [Fact]
    public void A_stream_keeps_its_identifier_until_three_runs_in_a_row_have_failed()
    {
        var stream = new EchoStream(new StreamIds());
        var first = stream.Id;
        foreach (var failed in new[] { true, true, false, true, true }) stream.Ended(failed);
        stream.Id.ShouldBe(first);
        stream.Ended(failed: true);
        stream.Id.ShouldNotBe(first);
    }

    [Fact]
    public void Live_streams_have_identifiers_of_their_own()
    {
        var ids = new StreamIds();
        var streams = Enumerable.Range(0, 5000).Select(_ => new EchoStream(ids)).ToList();
        streams.Select(stream => stream.Id).Distinct().Count().ShouldBe(streams.Count);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(61)]
    public void A_payload_matches_itself_alone(int size)
    {
        var payload = new byte[size];
        EchoPayload.Write(payload, 0xFEDCBA9876543210);
        EchoPayload.Matches(payload, 0xFEDCBA9876543210, size).ShouldBeTrue();
        for (var at = 0; at < size; at++)
        {
            payload[at] ^= 0x80;
            EchoPayload.Matches(payload, 0xFEDCBA9876543210, size).ShouldBeFalse();
            payload[at] ^= 0x80;
        }
    }

    private static List<Echo> Answered(params int?[] milliseconds)
    {
        var flight = new Flight(new EchoStream(new StreamIds()));
        return [.. milliseconds.Select(rtt => new Echo(flight, IPAddress.Loopback, new EchoTerms(56), 1, 1, 1) { Rtt = rtt is { } value ? TimeSpan.FromMilliseconds(value) : null })];
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/comm").Trim();
        }
        catch (IOException)
        {
            // It ended since it was listed.
            return "";
        }
    }
}
