using System.Net;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Tests.Icmp;

public sealed class LyingPeerTests : IDisposable
{
    private static readonly IPAddress Target = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.9");

    private readonly IcmpEngine engine = new(v6: false);

    public void Dispose() => engine.Dispose();

    [Fact]
    public async Task A_true_reply_answers_and_its_copies_are_duplicates()
    {
        var echo = engine.Expect(Target, 56, out var key);
        for (var copy = 0; copy < 3; copy++) engine.Match(Reply(key, echo.Payload), 57, Target);
        (await echo.Done).ShouldBeNull();
        echo.Duplicates.ShouldBe(2);
        echo.HopLimit.ShouldBe(57);
    }

    [Fact]
    public void A_reply_with_another_payload_sequence_code_or_length_is_not_ours()
    {
        var echo = engine.Expect(Target, 56, out var key);
        var wrongPayload = echo.Payload.ToArray();
        wrongPayload[^1] ^= 1;
        engine.Match(Reply(key, wrongPayload), 64, Target);
        engine.Match(Reply(key, echo.Payload.AsSpan(0, echo.Payload.Length - 1)), 64, Target);
        engine.Match(Reply((key.Id, (ushort)(key.Sequence + 1)), echo.Payload), 64, Target);
        var wrongCode = Reply(key, echo.Payload);
        wrongCode[1] = 1;
        engine.Match(wrongCode, 64, Target);
        echo.Done.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_reply_from_elsewhere_is_said_to_be_from_elsewhere()
    {
        var echo = engine.Expect(Target, 56, out var key);
        engine.Match(Reply(key, echo.Payload), 64, Other);
        (await echo.Done)!.Value.Reason.ShouldBe(Reasons.UnexpectedSource);
    }

    [Theory]
    [InlineData(3, 1, Reasons.HostUnreachable)]
    [InlineData(3, 0, Reasons.NetworkUnreachable)]
    [InlineData(3, 13, Reasons.AdminProhibited)]
    [InlineData(3, 4, Reasons.FragmentationNeeded)]
    [InlineData(11, 0, Reasons.TtlExceeded)]
    public async Task An_error_that_quotes_our_request_says_why_and_who(byte type, byte code, string reason)
    {
        var echo = engine.Expect(Target, 56, out var key);
        engine.Match(Error(type, code, Target, key, echo.Payload), null, Other);
        var failure = (await echo.Done)!.Value;
        failure.Reason.ShouldBe(reason);
        failure.Message.ShouldContain(Other.ToString());
    }

    [Fact]
    public void An_error_that_quotes_somebody_elses_request_is_not_ours()
    {
        var echo = engine.Expect(Target, 56, out var key);
        engine.Match(Error(3, 1, Other, key, echo.Payload), null, Other);
        echo.Done.IsCompleted.ShouldBeFalse();
    }

    private static byte[] Reply((ushort Id, ushort Sequence) key, ReadOnlySpan<byte> payload)
    {
        var packet = IcmpPacket.Request(v6: false, key.Id, key.Sequence, payload);
        packet[0] = 0;
        return packet;
    }

    // RFC 792: eight bytes of header, then the internet header of the request and the beginning of its data.
    private static byte[] Error(byte type, byte code, IPAddress target, (ushort Id, ushort Sequence) key, ReadOnlySpan<byte> payload)
    {
        byte[] internet = [0x45, .. new byte[8], 1, .. new byte[6], .. target.GetAddressBytes()];
        return [type, code, 0, 0, 0, 0, 0, 0, .. internet, .. IcmpPacket.Request(v6: false, key.Id, key.Sequence, payload)[..8]];
    }
}
