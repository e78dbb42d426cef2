using System.Buffers.Binary;
using System.Net;
using Vedette.Probes.Icmp;
using Vedette.Probes.Traceroute;

namespace Vedette.Probes.Tests.Traceroute;

public sealed class WireTests
{
    private const int MostShots = 700;

    public static TheoryData<string, bool> Forms => new() { { "udp", false }, { "udp", true }, { "datagram", false }, { "echo", false }, { "echo", true }, { "syn", false }, { "syn", true } };

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_routers_choose_a_way_by_is_the_same_in_every_packet_and_its_checksum_is_right(string form, bool v6)
    {
        var flow = Flow(form, v6);
        var wire = Open(form, flow);
        var first = Packet(wire, 0);
        for (var shot = 0; shot < MostShots; shot++)
        {
            var packet = Packet(wire, shot);
            packet[..4].ShouldBe(first[..4]);
            if (form == "datagram") continue;
            if (form == "echo") packet[4..6].ShouldBe(first[4..6]);
            Covered(packet, flow, form).ShouldBe((ushort)0);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Eight_bytes_of_a_quote_tell_the_packet_and_fewer_or_another_trace_s_do_not(string form, bool v6)
    {
        var flow = Flow(form, v6);
        var (wire, other) = (Open(form, flow), Open(form, flow));
        for (var shot = 0; shot < MostShots; shot += 7)
        {
            var packet = Packet(wire, shot);
            for (var length = 0; length <= packet.Length; length++)
            {
                var quote = wire.ReadQuote(packet.AsSpan(0, length));

                // A UDP socket hides the header: with less than its payload's first eight bytes nothing is known but that it may be ours.
                if (length < 8) (quote.IsOurs, quote.Shot).ShouldBe((form == "datagram", null), $"{length} bytes");
                else (quote.IsOurs, quote.Shot, quote.Altered ?? false).ShouldBe((true, shot, false), $"{length} bytes");
            }

            other.ReadQuote(packet).IsOurs.ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("udp", false)]
    [InlineData("udp", true)]
    [InlineData("echo", false)]
    [InlineData("echo", true)]
    [InlineData("syn", false)]
    [InlineData("syn", true)]
    public void A_changed_checksum_is_seen_and_changed_ports_or_numbers_are_another_s(string form, bool v6)
    {
        var wire = Open(form, Flow(form, v6));
        var checksum = form == "udp" ? 6 : form == "echo" ? 2 : 16;
        var packet = Packet(wire, 5);
        wire.ReadQuote(packet).Altered.ShouldBe(false);
        packet[checksum] ^= 0x10;
        var quote = wire.ReadQuote(packet);
        (quote.IsOurs, quote.Shot, quote.Altered).ShouldBe((true, 5, true));
        for (var at = form == "echo" ? 4 : 0; at < (form == "echo" ? 6 : 4); at++)
        {
            var foreign = Packet(wire, 5);
            foreign[at] ^= 0x20;
            wire.ReadQuote(foreign).IsOurs.ShouldBeFalse($"byte {at}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_quote_of_eight_bytes_filled_up_with_zeros_is_read_as_one_of_eight_bytes(string form, bool v6)
    {
        var wire = Open(form, Flow(form, v6));
        byte[] padded = [.. Packet(wire, 9)[..8], .. new byte[100]];
        var quote = wire.ReadQuote(padded);
        (quote.IsOurs, quote.Shot, quote.Altered ?? false).ShouldBe((true, 9, false));
        if (form == "datagram") wire.ReadQuote(new byte[100]).ShouldBe(new Quote(IsOurs: true, Shot: null, Altered: null));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Noise_is_never_ours_and_never_breaks_the_reading(string form, bool v6)
    {
        var wire = Open(form, Flow(form, v6));
        var random = new Random(20260101);
        for (var round = 0; round < 20_000; round++)
        {
            var noise = new byte[random.Next(8, 80)];
            random.NextBytes(noise);
            wire.ReadQuote(noise).IsOurs.ShouldBeFalse();
            if (form != "datagram") wire.ReadAnswer(noise).IsOurs.ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_the_whole_echo_is_a_reply(bool v6)
    {
        var wire = Open("echo", Flow("echo", v6));
        var reply = Packet(wire, 3);
        reply[0] = v6 ? (byte)129 : (byte)0;
        wire.ReadAnswer(reply).ShouldBe(new Answer(IsOurs: true, 3, "echo_reply"));
        for (var length = 0; length < reply.Length; length++) wire.ReadAnswer(reply.AsSpan(0, length)).IsOurs.ShouldBeFalse();
        wire.ReadAnswer([.. reply, 0]).IsOurs.ShouldBeFalse();
        foreach (var at in new[] { 1, 4, 5, 10, 15 })
        {
            var other = reply.ToArray();
            other[at] ^= 1;
            wire.ReadAnswer(other).IsOurs.ShouldBeFalse($"byte {at}");
        }
    }

    [Theory]
    [InlineData(0x12, "syn_ack")]
    [InlineData(0x14, "rst")]
    [InlineData(0x10, null)]
    [InlineData(0x02, null)]
    [InlineData(0x04, null)]
    public void What_acknowledges_a_SYN_is_its_answer(byte flags, string? word)
    {
        var wire = Open("syn", Flow("syn", v6: false));
        var segment = Segment(Packet(wire, 11), flags);
        var answer = wire.ReadAnswer(segment);
        (answer.IsOurs, answer.Shot, answer.Word).ShouldBe((word is not null, word is null ? null : 11, word));
        for (var length = 0; length < segment.Length; length++) wire.ReadAnswer(segment.AsSpan(0, length)).IsOurs.ShouldBeFalse();
    }

    [Fact]
    public void A_listener_that_answers_with_something_of_its_own_does_not_tell_the_packet()
    {
        var flow = Flow("udp", v6: false);
        var wire = Open("udp", flow);
        byte[] ports = [.. Packet(wire, 0)[2..4], .. Packet(wire, 0)[..2]];
        wire.ReadAnswer([.. ports, 0, 12, 0, 0, .. "what"u8]).ShouldBe(new Answer(IsOurs: true, null, "udp_reply"));
        wire.ReadAnswer([.. ports, 0, 40, 0, 0, .. Packet(wire, 8)[8..]]).ShouldBe(new Answer(IsOurs: true, 8, "udp_reply"));
    }

    internal static byte[] Segment(byte[] syn, byte flags)
    {
        byte[] segment = [.. syn[2..4], .. syn[..2], .. new byte[16]];
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), BinaryPrimitives.ReadUInt32BigEndian(syn.AsSpan(4)) + 1);
        (segment[12], segment[13]) = (5 << 4, flags);
        return segment;
    }

    private static Flow Flow(string form, bool v6) => v6
        ? new(IPAddress.Parse("2001:db8::1"), 61234, IPAddress.Parse("2001:db8::9"), Port(form))
        : new(IPAddress.Parse("192.0.2.1"), 61234, IPAddress.Parse("192.0.2.9"), Port(form));

    private static ushort Port(string form) => form == "echo" ? (ushort)0 : (ushort)33434;

    private static Wire Open(string form, Flow flow) => form switch
    {
        "echo" => new EchoWire(flow),
        "syn" => new SynWire(flow),
        _ => new UdpWire(flow, ownHeader: form == "udp"),
    };

    private static byte[] Packet(Wire wire, int shot)
    {
        var packet = new byte[Wire.Largest];
        return packet[..wire.Write(packet, shot)];
    }

    // 0 where the checksum in the packet is right (RFC 1071).
    private static ushort Covered(byte[] packet, Flow flow, string form) => form == "echo" && !flow.IsV6
        ? IcmpPacket.Checksum(packet)
        : TransportChecksum.Of(packet, flow, form switch { "echo" => 58, "syn" => 6, _ => 17 });
}
