using System.Net;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Tests.Icmp;

public sealed class LyingPeerTests
{
    private static readonly IPAddress Target = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.9");
    private static readonly IPAddress Target6 = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress Other6 = IPAddress.Parse("2001:db8::9");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_true_reply_answers_and_its_copies_are_duplicates(bool v6)
    {
        using var exchange = To(v6);
        var second = exchange.Flight.Add(exchange.Echo.Target, exchange.Echo.Terms, 0, 0, 0);
        for (var copy = 0; copy < 3; copy++) exchange.Hear(exchange.Reply(), exchange.Echo.Target, 57);
        exchange.Echo.Rtt.ShouldNotBeNull();
        exchange.Echo.Duplicates.ShouldBe(2);
        exchange.Echo.HopLimit.ShouldBe(57);
        second.IsSettled.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reply_with_another_payload_identifier_sequence_code_or_length_is_not_ours(bool v6)
    {
        using var exchange = To(v6);
        foreach (var at in new[] { 1, 4, 5, 6, 7, 8, 15, 16, 63 })
        {
            var reply = exchange.Reply();
            reply[at] ^= 1;
            exchange.Hear(reply, exchange.Echo.Target);
        }

        exchange.Hear([.. exchange.Reply(), 0], exchange.Echo.Target);
        for (var length = 0; length < 64; length++) exchange.Hear(exchange.Reply().AsSpan(0, length), exchange.Echo.Target);
        exchange.Hear(exchange.Request(), exchange.Echo.Target);
        exchange.Echo.IsSettled.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reply_from_elsewhere_is_said_to_be_from_elsewhere(bool v6)
    {
        using var exchange = To(v6);
        exchange.Hear(exchange.Reply(), v6 ? Other6 : Other);
        exchange.Echo.Error!.Value.Failure.Reason.ShouldBe(Reasons.UnexpectedSource);
        exchange.Flight.IsOver.ShouldBeTrue();
    }

    [Theory]
    [InlineData(3, 0, Reasons.NetworkUnreachable)]
    [InlineData(3, 1, Reasons.HostUnreachable)]
    [InlineData(3, 2, Reasons.ProtocolUnreachable)]
    [InlineData(3, 3, Reasons.PortUnreachable)]
    [InlineData(3, 4, Reasons.FragmentationNeeded)]
    [InlineData(3, 6, Reasons.NetworkUnreachable)]
    [InlineData(3, 7, Reasons.HostUnreachable)]
    [InlineData(3, 9, Reasons.AdminProhibited)]
    [InlineData(3, 10, Reasons.AdminProhibited)]
    [InlineData(3, 13, Reasons.AdminProhibited)]
    [InlineData(11, 0, Reasons.TtlExceeded)]
    [InlineData(11, 1, Reasons.PacketLoss)]
    [InlineData(12, 0, Reasons.ProtocolError)]
    public void An_error_that_quotes_our_request_says_why_and_who(byte type, byte code, string reason)
    {
        using var exchange = new Exchange(Target);
        exchange.Hear(Exchange.Error(type, code, exchange.Quote(Target, keep: 8)), Other);
        var error = exchange.Echo.Error!.Value;
        (error.Failure.Status, error.Failure.Reason).ShouldBe((Status.Down, reason));
        error.Failure.Message.ShouldContain(Other.ToString());
    }

    [Theory]
    [InlineData(1, 0, Reasons.NetworkUnreachable)]
    [InlineData(1, 1, Reasons.AdminProhibited)]
    [InlineData(1, 3, Reasons.HostUnreachable)]
    [InlineData(1, 4, Reasons.PortUnreachable)]
    [InlineData(1, 5, Reasons.AdminProhibited)]
    [InlineData(1, 6, Reasons.AdminProhibited)]
    [InlineData(2, 0, Reasons.FragmentationNeeded)]
    [InlineData(3, 0, Reasons.TtlExceeded)]
    [InlineData(3, 1, Reasons.PacketLoss)]
    [InlineData(4, 1, Reasons.ProtocolError)]
    public void A_v6_error_that_quotes_our_request_says_why_and_who(byte type, byte code, string reason)
    {
        using var exchange = new Exchange(Target6, new EchoTerms(56, DontFragment: true));
        exchange.Hear(Exchange.Error(type, code, exchange.Quote(Target6, options: 16)), Other6);
        var error = exchange.Echo.Error!.Value;
        (error.Failure.Status, error.Failure.Reason).ShouldBe((Status.Down, reason));
        error.Failure.Message.ShouldContain(Other6.ToString());
    }

    [Fact]
    public void The_router_that_cannot_pass_it_on_says_what_the_next_hop_takes()
    {
        using var four = new Exchange(Target);
        four.Hear(Exchange.Error(3, 4, four.Quote(Target), rest: 1400), Other);
        four.Echo.Error!.Value.NextHopMtu.ShouldBe(1400);
        four.Echo.Error!.Value.Failure.Message.ShouldContain("1400");

        using var six = new Exchange(Target6, new EchoTerms(1400, DontFragment: true));
        six.Hear(Exchange.Error(2, 0, six.Quote(Target6), rest: 1280), Other6);
        six.Echo.Error!.Value.NextHopMtu.ShouldBe(1280);

        // RFC 1191 section 3: a router that does not know of it says zero.
        using var old = new Exchange(Target);
        old.Hear(Exchange.Error(3, 4, old.Quote(Target)), Other);
        old.Echo.Error!.Value.NextHopMtu.ShouldBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_error_that_quotes_somebody_elses_request_is_not_ours(bool v6)
    {
        using var exchange = To(v6);
        var type = v6 ? (byte)1 : (byte)3;
        exchange.Hear(Exchange.Error(type, 0, exchange.Quote(v6 ? Other6 : Other)), v6 ? Other6 : Other);

        var header = v6 ? 40 : 20;
        foreach (var at in new[] { header, header + 4, header + 7, header + 8, header + 15 })
        {
            var quote = exchange.Quote(exchange.Echo.Target);
            quote[at] ^= 1;
            exchange.Hear(Exchange.Error(type, 0, quote), exchange.Echo.Target);
        }

        exchange.Echo.IsSettled.ShouldBeFalse();
    }

    [Fact]
    public void A_later_fragment_has_no_header_to_match()
    {
        using var four = new Exchange(Target);
        var quote = four.Quote(Target);
        quote[7] = 185;
        four.Hear(Exchange.Error(11, 1, quote), Other);
        four.Echo.IsSettled.ShouldBeFalse();

        using var six = new Exchange(Target6);
        var whole = six.Quote(Target6);
        whole[6] = 44;
        byte[] later = [.. whole.AsSpan(0, 40), 58, 0, 0x05, 0xA8, 0, 0, 0, 0, .. whole.AsSpan(40)];
        six.Hear(Exchange.Error(3, 1, later), Other6);
        six.Echo.IsSettled.ShouldBeFalse();
        later[42] = later[43] = 0;
        six.Hear(Exchange.Error(3, 1, later), Other6);
        six.Echo.Error!.Value.Failure.Reason.ShouldBe(Reasons.PacketLoss);
    }

    [Theory]
    [InlineData(false, 40)]
    [InlineData(true, 64)]
    public void A_quote_with_the_longest_header_counts_and_cut_anywhere_it_does_not(bool v6, int options)
    {
        using var exchange = To(v6);
        var whole = Exchange.Error(v6 ? (byte)1 : (byte)3, 0, exchange.Quote(exchange.Echo.Target, options, keep: 8));
        for (var length = 0; length < whole.Length; length++) exchange.Hear(whole.AsSpan(0, length), v6 ? Other6 : Other);
        exchange.Echo.IsSettled.ShouldBeFalse();
        exchange.Hear(whole, v6 ? Other6 : Other);
        exchange.Echo.IsSettled.ShouldBeTrue();
    }

    // RFC 4884 section 5: what follows the quote is the business of traceroute; a length that lies about it changes nothing here.
    [Fact]
    public void A_bad_extension_length_does_no_harm()
    {
        using var exchange = new Exchange(Target);
        exchange.Hear([.. Exchange.Error(11, 0, exchange.Quote(Target), rest: 0x00FF0000), 0x20, 0, 0, 0, 0xFF, 0xFF, 1, 1], Other);
        exchange.Echo.Error!.Value.Failure.Reason.ShouldBe(Reasons.TtlExceeded);
    }

    [Fact]
    public void A_reply_after_the_run_is_late_once_and_its_copies_are_duplicates()
    {
        using var exchange = new Exchange(Target);
        exchange.Flight.End();
        for (var copy = 0; copy < 3; copy++) exchange.Hear(exchange.Reply(), Target);
        exchange.Echo.Rtt.ShouldBeNull();
        exchange.Stream.TakeCounts().ShouldBe((1, 2));
        exchange.Stream.TakeCounts().ShouldBe((0, 0));
    }

    [Fact]
    public void Noise_settles_nothing()
    {
        using var four = new Exchange(Target);
        using var six = new Exchange(Target6);
        var random = new Random(1);
        var noise = new byte[120];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(noise);
            var message = noise.AsSpan(0, random.Next(noise.Length));
            if (message.Length > 0) message[0] = (byte)random.Next(13);
            four.Hear(message, Target);
            six.Hear(message, Target6);
        }

        (four.Echo.IsSettled, six.Echo.IsSettled).ShouldBe((false, false));
    }

    private static Exchange To(bool v6) => new(v6 ? Target6 : Target);
}
