using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Icmp;
using Vedette.Probes.Traceroute;
using Trace = Vedette.Probes.Traceroute.Trace;

namespace Vedette.Probes.Tests.Traceroute;

[Collection(nameof(Deadlines))]
public sealed class TraceDeadlineTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    // To the silence behind the second hop there is time enough, but not on a host that is busy with other tests.
    [Fact]
    public async Task An_echo_reply_from_another_address_is_not_the_target_s()
    {
        var seen = await LyingPathTests.TraceAsync("icmp", v6: false, packet => [packet.HopLimit < 3 ? TunPath.Expired(packet) : TunPath.Packet(IPAddress.Parse("203.0.113.66"), 1, LyingPathTests.Reply(packet.Transport))], timeout: TimeSpan.FromSeconds(3));
        (seen.Status, seen.Reason, LyingPathTests.Attribute(seen, "ended_with")).ShouldBe((Status.Down, Reasons.Timeout, "silence"));
        seen.Message!.ShouldContain(TunPath.Router(2, false).ToString());
    }

    [Theory]
    [InlineData("udp", true)]
    [InlineData("udp", false)]
    [InlineData("icmp", true)]
    [InlineData("tcp", true)]
    public async Task A_path_without_end_is_followed_no_longer_than_the_timeout(string method, bool raw)
    {
        // One hop in three answers, so that it never gives out; the first of each three hops' packets takes its time.
        var (seen, elapsed) = await TimeAsync(method, raw, packet => packet.HopLimit % 3 == 0 ? [TunPath.Expired(packet)] : []);
        (seen.Status, seen.Reason, LyingPathTests.Attribute(seen, "ended_with")).ShouldBe((Status.Down, Reasons.Timeout, "deadline"), seen.Message);
        elapsed.ShouldBeInRange(Timeout - TimeSpan.FromMilliseconds(15), Timeout * 1.15);
        seen.Details!.ShouldContain("10.10.0.3");
    }

    [Fact]
    public async Task A_flood_does_not_keep_a_trace_from_its_deadline()
    {
        var (seen, elapsed) = await TimeAsync("udp", raw: true, packet => [.. Enumerable.Range(0, 500).Select(_ => TunPath.Message(IPAddress.Parse("203.0.113.1"), 11, 0, packet.Bytes[..27]))]);
        seen.Status.ShouldBe(Status.Down, seen.Message);
        elapsed.ShouldBeLessThan(Timeout * 1.15);
    }

    [Fact]
    public async Task Between_two_packets_there_is_a_gap()
    {
        var sent = new ConcurrentQueue<long>();
        await TimeAsync("udp", raw: true, packet =>
        {
            sent.Enqueue(Stopwatch.GetTimestamp());
            return packet.HopLimit < 6 ? [TunPath.Expired(packet)] : [TunPath.PortUnreachable(packet)];
        });

        // The path may see one packet late and the next in time; over all of them that comes to nothing.
        sent.Count.ShouldBeInRange(6 * 3, (6 * 3) + Trace.Ahead);
        Stopwatch.GetElapsedTime(sent.First(), sent.Last()).ShouldBeGreaterThan(Trace.Gap * (sent.Count - 2));
    }

    private static async Task<(Observation Seen, TimeSpan Elapsed)> TimeAsync(string method, bool raw, Func<Passing, IEnumerable<byte[]>> answers)
    {
        // What is compiled while it is measured would be measured too.
        await LyingPathTests.TraceAsync(method, v6: false, packet => [TunPath.PortUnreachable(packet)], new Channels(raw), TimeSpan.FromSeconds(5));
        var target = TunPath.Target(v6: false);
        var (path, run) = await OwnNetwork.EnterAsync(() =>
        {
            var made = new TunPath(packet => packet.To.Equals(target) ? answers(packet) : []);
            return (made, MeasureAsync(method, raw, target));
        });
        await using (path) return await run;
    }

    private static async Task<(Observation Seen, TimeSpan Elapsed)> MeasureAsync(string method, bool raw, IPAddress target)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new TracerouteProbe(resolver, new Channels(raw));
        var start = Stopwatch.GetTimestamp();
        var seen = await probe.RunAsync(target.ToString(), Parameters.Empty.With("method", method).With("maxHops", "64"), Timeout);
        return (seen, Stopwatch.GetElapsedTime(start));
    }
}
