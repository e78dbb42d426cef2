using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Icmp;
using Vedette.Probes.Traceroute;
using static Vedette.Probes.Tests.Traceroute.TunPath;

namespace Vedette.Probes.Tests.Traceroute;

/// <summary>Real sockets and a real kernel, and a path that says whatever the test wants it to.</summary>
public sealed class LyingPathTests
{
    private const int Length = 5;
    private static readonly IPAddress Other = IPAddress.Parse("203.0.113.66");
    private static readonly byte[] Labels = IcmpExtensionsTests.Structure([0, 12, 1, 1, 0x05, 0xDC, 0x1A, 0x01, 0x00, 0x01, 0x11, 0xFE]);

    [Theory]
    [InlineData("udp", false)]
    [InlineData("udp", true)]
    [InlineData("icmp", false)]
    [InlineData("icmp", true)]
    [InlineData("tcp", false)]
    [InlineData("tcp", true)]
    public async Task Every_packet_of_a_trace_has_the_same_flow(string method, bool v6)
    {
        var passed = new ConcurrentQueue<Passing>();
        var seen = await TraceAsync(method, v6, packet =>
        {
            passed.Enqueue(packet);
            return [Honest(packet)];
        });
        (seen.Status, seen.Measured("traceroute_total_hops"), Attribute(seen, "nat_seen")).ShouldBe((Status.Up, Length, "false"), seen.Message);
        Addresses(seen).ShouldBe([.. Enumerable.Range(1, Length).Select(distance => (distance < Length ? Router(distance, v6) : Target(v6)).ToString())]);

        // Ports, or the type, code and checksum of an echo request; addresses and protocol; and the flow label, which is 0.
        var ours = passed.Where(packet => packet.To.Equals(Target(v6)) && (method != "tcp" || packet.Transport[13] == 2)).ToList();
        ours.Select(packet => Convert.ToHexString(packet.Transport.AsSpan(0, 4))).Distinct().Count().ShouldBe(1);
        if (v6) ours.ShouldAllBe(packet => packet.Bytes[1] == 0 && packet.Bytes[2] == 0 && packet.Bytes[3] == 0);
        ours.Max(packet => packet.HopLimit).ShouldBeLessThanOrEqualTo(Length + Trace.Ahead);
    }

    [Theory]
    [InlineData("udp", false)]
    [InlineData("udp", true)]
    [InlineData("icmp", false)]
    [InlineData("tcp", false)]
    public async Task Routers_that_quote_only_eight_bytes_are_told_apart(string method, bool v6)
    {
        var seen = await TraceAsync(method, v6, packet => [packet.HopLimit < Length ? Expired(packet, keep: v6 ? 48 : 28) : Honest(packet)]);
        Addresses(seen).ShouldBe([.. Enumerable.Range(1, Length).Select(distance => (distance < Length ? Router(distance, v6) : Target(v6)).ToString())]);
        seen.Measured("traceroute_packet_loss_percent").ShouldBe(0);
    }

    [Fact]
    public async Task Without_raw_sockets_such_quotes_are_told_apart_by_sending_one_packet_at_a_time()
    {
        // The first answer comes only with the second: two packets are under way, and neither answer tells its own.
        byte[]? held = null;
        var passed = 0;
        var seen = await TraceAsync("udp", v6: false, packet =>
        {
            var answer = packet.HopLimit < Length ? Expired(packet, keep: 28) : Honest(packet);
            if (++passed > 1) return passed == 2 ? [held!, answer] : [answer];
            held = answer;
            return [];
        }, new Channels(allowRaw: false));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        Addresses(seen).ShouldBe([.. Enumerable.Range(1, Length).Select(distance => (distance < Length ? Router(distance, false) : Target(false)).ToString())]);
    }

    [Theory]
    [InlineData("udp", false, true)]
    [InlineData("udp", true, true)]
    [InlineData("udp", false, false)]
    [InlineData("udp", true, false)]
    [InlineData("icmp", false, true)]
    [InlineData("tcp", true, true)]
    public async Task Labels_are_told_with_and_without_an_announced_length(string method, bool v6, bool announced)
    {
        foreach (var raw in new[] { true, false })
        {
            if (!raw && method != "udp") continue;
            var seen = await TraceAsync(method, v6, packet => [packet.HopLimit == 2 ? Labelled(packet, Labels, announced) : Honest(packet)], new Channels(raw));
            var hop = Hops(seen)[1];
            hop.GetProperty("mpls").GetRawText().ShouldBe("""[{"label":24001,"tc":5,"bottom":false,"ttl":1},{"label":17,"tc":0,"bottom":true,"ttl":254}]""");
            Hops(seen)[0].TryGetProperty("mpls", out _).ShouldBeFalse();
            seen.Status.ShouldBe(Status.Up, seen.Message);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Extensions_cut_at_any_byte_are_left_out_and_the_hop_is_known_all_the_same(bool v6)
    {
        // One cut a hop.
        var seen = await TraceAsync("udp", v6, packet => [packet.HopLimit <= Labels.Length ? Labelled(packet, Labels[..(packet.HopLimit - 1)], announced: true) : PortUnreachable(packet)]);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        var hops = Hops(seen);
        hops.Count.ShouldBe(Labels.Length + 1);
        hops.ShouldAllBe(hop => hop.GetProperty("addresses").GetArrayLength() == 1);
        hops.ShouldAllBe(hop => !Has(hop, "mpls"));
    }

    [Fact]
    public async Task Foreign_quotes_are_nobody_s_business()
    {
        var seen = await TraceAsync("udp", v6: false, packet =>
        [
            .. Enumerable.Range(0, 8).Select(at => Message(Other, 11, 0, Changed(packet.Bytes, 20 + at))),
            Message(Other, 11, 0, Changed(packet.Bytes, 16)),
            Message(Other, 11, 0, Changed(packet.Bytes, 12)),
            Message(Other, 11, 0, Changed(packet.Bytes, 9)),
            Message(Other, 11, 0, Changed(packet.Bytes, 30)),
            Message(Other, 11, 1, packet.Bytes),
            .. Enumerable.Range(0, 28).Select(length => Message(Other, 11, 0, packet.Bytes[..length])),
            Honest(packet),
        ]);

        // Only a changed checksum is still our packet: an address translator may have done it.
        (seen.Status, Attribute(seen, "nat_seen")).ShouldBe((Status.Up, "true"), seen.Message);
        Addresses(seen).Select(addresses => addresses.Replace($"{Other},", "", StringComparison.Ordinal))
            .ShouldBe([.. Enumerable.Range(1, Length).Select(distance => (distance < Length ? Router(distance, false) : Target(false)).ToString())]);
    }

    [Fact]
    public async Task A_quote_behind_an_address_translator_counts_and_says_so()
    {
        var seen = await TraceAsync("udp", v6: false, packet => [packet.HopLimit == 3 ? Message(Router(3, false), 11, 0, Changed(packet.Bytes, 26)) : Honest(packet)]);
        (seen.Status, Attribute(seen, "nat_seen")).ShouldBe((Status.Up, "true"));
        Addresses(seen)[2].ShouldBe(Router(3, false).ToString());
    }

    [Theory]
    [InlineData(6)]
    [InlineData(11)]
    [InlineData(15)]
    public async Task A_quoted_header_of_odd_length_is_read_where_it_ends(int words)
    {
        var seen = await TraceAsync("udp", v6: false, packet => [packet.HopLimit == 2 ? Message(Router(2, false), 11, 0, WithOptions(packet.Bytes, words)) : Honest(packet)]);
        Addresses(seen)[1].ShouldBe(Router(2, false).ToString());
    }

    [Fact]
    public async Task A_quoted_header_that_claims_to_be_longer_than_the_quote_is_passed_over()
    {
        var seen = await TraceAsync("udp", v6: false, packet => [packet.HopLimit == 2 ? Message(Other, 11, 0, [0x4F, .. packet.Bytes[1..28]]) : Honest(packet)]);
        (seen.Status, Addresses(seen)[1]).ShouldBe((Status.Up, ""));
        seen.Measured("traceroute_silent_hops_count").ShouldBe(1);
    }

    [Theory]
    [InlineData(13, Reasons.AdminProhibited)]
    [InlineData(1, Reasons.HostUnreachable)]
    [InlineData(0, Reasons.NetworkUnreachable)]
    [InlineData(3, Reasons.PortUnreachable)]
    public async Task Who_refuses_on_the_way_ends_the_trace_and_is_named(byte code, string reason)
    {
        var seen = await TraceAsync("udp", v6: false, packet => [packet.HopLimit < 3 ? Expired(packet) : Message(Router(3, false), 3, code, packet.Bytes)]);
        (seen.Status, seen.Reason, Attribute(seen, "ended_with"), Attribute(seen, "ended_by")).ShouldBe((Status.Down, reason, reason, Router(3, false).ToString()));
        (seen.Measured("traceroute_total_hops"), seen.Measured("traceroute_packet_loss_percent")).ShouldBe((3, 100));
        Hops(seen)[2].GetProperty("icmp").GetRawText().ShouldBe($$"""{"type":3,"code":{{code}}}""");
    }

    [Theory]
    [InlineData(0x12, "syn_ack")]
    [InlineData(0x14, "rst")]
    public async Task A_TCP_target_is_reached_by_either_answer_to_a_SYN(byte flags, string word)
    {
        var seen = await TraceAsync("tcp", v6: false, packet => packet.Transport[13] != 2 ? [] : packet.HopLimit < 3 ? [Expired(packet)] : [Packet(packet.To, 6, WireTests.Segment(packet.Transport, 0x10)), Segment(packet, flags)]);
        (seen.Status, Attribute(seen, "ended_with"), Attribute(seen, "ended_by")).ShouldBe((Status.Up, word, Target(false).ToString()), seen.Message);
        seen.Measured("traceroute_reply_hop_limit").ShouldBe(60);
    }

    [Fact]
    public async Task A_listener_that_answers_the_datagrams_is_the_target()
    {
        foreach (var raw in new[] { true, false })
        {
            var seen = await TraceAsync("udp", v6: false, packet => [packet.HopLimit < 3 ? Expired(packet) : Packet(packet.To, 17, [.. packet.Transport[2..4], .. packet.Transport[..2], .. packet.Transport[4..6], 0, 0, .. packet.Transport[8..]])], new Channels(raw));
            (seen.Status, Attribute(seen, "ended_with"), seen.Measured("traceroute_total_hops")).ShouldBe((Status.Up, "udp_reply", 3), seen.Message);
        }
    }

    [Fact]
    public async Task A_way_that_goes_in_a_circle_is_said_to()
    {
        var seen = await TraceAsync("udp", v6: false, packet => [Expired(packet, from: Router(1 + (packet.HopLimit % 3), false))]);
        (seen.Status, seen.Reason, Attribute(seen, "ended_with")).ShouldBe((Status.Down, Reasons.TtlExceeded, "max_hops"));
        seen.Message.ShouldBe("the way goes in a circle: hops 1 and 4 are both 10.10.0.2");
    }

    [Fact]
    public async Task A_flood_of_forged_errors_fills_nothing_and_delays_nothing()
    {
        var seen = await TraceAsync("udp", v6: false, packet => [.. Enumerable.Range(0, 200).Select(i => Message(IPAddress.Parse($"203.0.113.{i}"), 11, 0, packet.Bytes)), Honest(packet)], timeout: TimeSpan.FromSeconds(20));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        Hops(seen).ShouldAllBe(hop => hop.GetProperty("addresses").GetArrayLength() <= 16);
    }

    internal static Task<Observation> TraceAsync(string method, bool v6, Func<Passing, IEnumerable<byte[]>> answers, Channels? channels = null, TimeSpan? timeout = null) =>
        RunAsync(answers, channels, Target(v6), Parameters.Empty.With("method", method), timeout ?? TimeSpan.FromSeconds(30));

    internal static string Attribute(Observation seen, string name) => seen.Attributes.Single(attribute => attribute.Key == name).Value;

    private static async Task<Observation> RunAsync(Func<Passing, IEnumerable<byte[]>> answers, Channels? channels, IPAddress target, Parameters parameters, TimeSpan timeout)
    {
        var (path, run) = await OwnNetwork.EnterAsync(() =>
        {
            var made = new TunPath(packet => packet.To.Equals(target) ? answers(packet) : []);
            using var resolver = new Resolver(ProbeRuns.Policy);

            // With an address for a target the run has opened its sockets, here, when it first waits.
            return (made, new TracerouteProbe(resolver, channels ?? new Channels(allowRaw: true)).RunAsync(target.ToString(), parameters, timeout));
        });
        await using (path) return await run;
    }

    private static byte[] Honest(Passing packet)
    {
        if (packet.HopLimit < Length) return Expired(packet);
        return packet.Bytes[packet.IsV6 ? 6 : 9] switch
        {
            6 => Segment(packet, 0x14),
            17 => PortUnreachable(packet),
            _ => packet.IsV6 ? Echo6(packet) : Packet(packet.To, 1, Reply(packet.Transport)),
        };
    }

    private static byte[] Segment(Passing syn, byte flags)
    {
        var segment = WireTests.Segment(syn.Transport, flags);
        var flow = new Flow(syn.To, 0, Here(syn.IsV6), 0);
        var checksum = TransportChecksum.Of(segment, flow, 6);
        (segment[16], segment[17]) = ((byte)(checksum >> 8), (byte)checksum);
        return Packet(syn.To, 6, segment);
    }

    internal static byte[] Reply(byte[] request)
    {
        byte[] reply = [0, 0, 0, 0, .. request[4..]];
        var checksum = IcmpPacket.Checksum(reply);
        (reply[2], reply[3]) = ((byte)(checksum >> 8), (byte)checksum);
        return reply;
    }

    private static byte[] Echo6(Passing packet)
    {
        byte[] reply = [129, 0, 0, 0, .. packet.Transport[4..]];
        var checksum = TransportChecksum.Of(reply, new Flow(packet.To, 0, Here(v6: true), 0), 58);
        (reply[2], reply[3]) = ((byte)(checksum >> 8), (byte)checksum);
        return Packet(packet.To, 58, reply);
    }

    // RFC 4884 section 4: the quote is filled up to 128 bytes, and its length told in words of 4 bytes, or of 8 with IPv6.
    private static byte[] Labelled(Passing packet, byte[] structure, bool announced)
    {
        byte[] quote = [.. packet.Bytes[..Math.Min(packet.Bytes.Length, 128)], .. new byte[Math.Max(0, 128 - packet.Bytes.Length)], .. structure];
        return packet.IsV6
            ? Message(Router(packet.HopLimit, true), 3, 0, quote, first: announced ? (byte)16 : (byte)0)
            : Message(Router(packet.HopLimit, false), 11, 0, quote, second: announced ? (byte)32 : (byte)0);
    }

    private static byte[] Changed(byte[] bytes, int at)
    {
        var changed = bytes.ToArray();
        changed[at] ^= 0x41;
        return changed;
    }

    private static byte[] WithOptions(byte[] bytes, int words) => [(byte)(0x40 | words), .. bytes[1..20], .. Enumerable.Repeat((byte)1, (words - 5) * 4), .. bytes[20..]];

    private static List<JsonElement> Hops(Observation seen) => [.. JsonDocument.Parse(seen.Details!).RootElement.GetProperty("hops").EnumerateArray()];

    private static bool Has(JsonElement hop, string name) => hop.TryGetProperty(name, out _);

    private static List<string> Addresses(Observation seen) => [.. Hops(seen).Select(hop => string.Join(',', hop.GetProperty("addresses").EnumerateArray()))];
}
