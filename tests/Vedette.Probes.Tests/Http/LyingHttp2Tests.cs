using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using static Vedette.Probes.Tests.Http.Http2Peer;

namespace Vedette.Probes.Tests.Http;

public sealed class LyingHttp2Tests : IAsyncDisposable
{
    private const int InternalError = 2;
    private const int RefusedStream = 7;
    private const int Calm = 11;
    private const int Http11Required = 13;

    // What fits into the buffers of two sockets may be sent beyond what is read.
    private const long BufferedAtMost = 16 * 1024 * 1024;

    private static readonly Parameters Two = Parameters.Empty.With("httpVersion", "2");

    private static readonly byte[] Stated10 = Frame(Headers, EndHeaders, 1, [0x88, .. Field("content-length", "10")]);

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public LyingHttp2Tests() => probe = new HttpProbe(resolver);

    public static TheoryData<string, byte[][], string> Bad => new()
    {
        { "says nothing", [], Reasons.Truncated },
        { "closes after its settings", [Hello], Reasons.Truncated },
        { "speaks the old version", [Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")], Reasons.ProtocolError },
        { "begins without settings", [Ok, Text(EndStream, "hello")], Reasons.ProtocolError },
        { "resets before the answer", [Hello, Frame(ResetStream, 0, 1, Number(InternalError))], Reasons.Reset },
        { "resets within the body", [Hello, Ok, Text(0, "hello"), Frame(ResetStream, 0, 1, Number(InternalError))], Reasons.Reset },
        { "resets without an error within the body", [Hello, Ok, Text(0, "hello"), Frame(ResetStream, 0, 1, Number(0))], Reasons.Truncated },
        { "wants the old version", [Hello, Frame(ResetStream, 0, 1, Number(Http11Required))], Reasons.ProtocolError },
        { "resets for no known reason", [Hello, Frame(ResetStream, 0, 1, Number(-1))], Reasons.Reset },
        { "leaves before the request", [Hello, Frame(GoAway, 0, 0, [.. Number(0), .. Number(0)])], Reasons.Reset },
        { "leaves at once", [Frame(GoAway, 0, 0, [.. Number(0), .. Number(Calm)])], Reasons.Reset },
        { "leaves within the body", [Hello, Ok, Text(0, "hello"), Frame(GoAway, 0, 0, [.. Number(1), .. Number(InternalError)])], Reasons.Reset },
        { "leaves in order but closes", [Hello, Ok, Text(0, "hello"), Frame(GoAway, 0, 0, [.. Number(1), .. Number(0)])], Reasons.Truncated },
        { "closes within the body", [Hello, Ok, Text(0, "hello")], Reasons.Truncated },
        { "sends less than it said", [Hello, Stated10, Text(EndStream, "hello")], Reasons.Truncated },
        { "sends more than it said", [Hello, Stated10, Text(EndStream, "hello world")], Reasons.ProtocolError },
        { "states two lengths", [Hello, Frame(Headers, EndHeaders, 1, [0x88, .. Field("content-length", "5"), .. Field("content-length", "6")]), Text(EndStream, "hello")], Reasons.ProtocolError },
        { "sends a field before the status", [Hello, Frame(Headers, EndHeaders | EndStream, 1, [.. Field("a", "b"), 0x88])], Reasons.ProtocolError },
        { "packs its header wrongly", [Hello, Frame(Headers, EndHeaders | EndStream, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF)], Reasons.ProtocolError },
        { "sends a body before the header", [Hello, Text(EndStream, "hello")], Reasons.ProtocolError },
        { "sends a frame over the limit", [Hello, Ok, Frame(Data, EndStream, 1, new byte[20_000])], Reasons.ProtocolError },
        { "pads more than there is", [Hello, Ok, Frame(Data, EndStream | Padded, 1, 200, 1)], Reasons.ProtocolError },
        { "answers another stream", [Hello, Frame(Headers, EndHeaders | EndStream, 3, 0x88)], Reasons.ProtocolError },
        { "promises what was not asked for", [Hello, Frame(5, EndHeaders, 1, [.. Number(2), 0x88])], Reasons.ProtocolError },
        { "switches protocols", [Hello, Frame(Headers, EndHeaders, 1, Field(":status", "101"))], Reasons.Truncated },
        { "sends a header field over the limit", [Hello, Frame(Headers, 0, 1, [0x88, 0, 1, (byte)'a', 0x7F, 0xF1, 0xA2, 0x04]), .. Enumerable.Repeat(Frame(Continuation, 0, 1, new byte[16_000]), 5)], Reasons.ProtocolError },
        { "sends a frame of an extension, which the framework does not skip", [Hello, Frame(0x0C, 0, 0, new byte[40]), Ok, Text(EndStream, "hello")], Reasons.ProtocolError },
        { "interrupts its header", [Hello, Frame(Headers, 0, 1, 0x88), Frame(Ping, 0, 0, new byte[8])], Reasons.ProtocolError },
    };

    public static TheoryData<string, byte[][]> Good => new()
    {
        { "plain", [Hello, Ok, Text(0, "hel"), Text(EndStream, "lo")] },
        { "an empty last frame", [Hello, Ok, Text(0, "hello"), Text(EndStream, "")] },
        { "interim answers", [Hello, Frame(Headers, EndHeaders, 1, Field(":status", "103")), Frame(Headers, EndHeaders, 1, Field(":status", "103")), Ok, Text(EndStream, "hello")] },
        { "a header in pieces", [Hello, Frame(Headers, 0, 1, 0x88), Frame(Continuation, 0, 1, Field("a", "b")), Frame(Continuation, EndHeaders, 1, Field("c", "d")), Text(EndStream, "hello")] },
        { "padding", [Hello, Ok, Frame(Data, EndStream | Padded, 1, [3, .. "hello"u8, 0, 0, 0])] },
        { "trailers", [Hello, Ok, Text(0, "hello"), Frame(Headers, EndHeaders | EndStream, 1, Field("a", "b"))] },
        { "other business", [Hello, Frame(Ping, 0, 0, new byte[8]), Frame(WindowUpdate, 0, 0, Number(1)), Ok, Frame(Settings, 0, 0), Text(EndStream, "hello")] },
        { "an orderly leave", [Hello, Frame(GoAway, 0, 0, [.. Number(int.MaxValue), .. Number(0)]), Ok, Text(0, "hel"), Frame(GoAway, 0, 0, [.. Number(1), .. Number(0)]), Text(EndStream, "lo")] },
        { "a reset after all was said", [Hello, Ok, Text(EndStream, "hello"), Frame(ResetStream, 0, 1, Number(0)), Frame(GoAway, 0, 0, [.. Number(0), .. Number(Calm)])] },
    };

    public static TheoryData<string, byte[], byte[], string> Endless => new()
    {
        { "empty body", Join(Hello, Ok), Frame(Data, 0, 1), Reasons.Timeout },
        { "header fields", Join(Hello, Frame(Headers, 0, 1, 0x88)), Frame(Continuation, 0, 1, Field("x-noise", new string('a', 100))), Reasons.TooLarge },
        { "repeated header fields", Join(Hello, Frame(Headers, 0, 1, [0x88, 0x40, 1, (byte)'x', 100, .. new byte[100].Select(_ => (byte)'a')])), Frame(Continuation, 0, 1, [.. new byte[16_000].Select(_ => (byte)0xBE)]), Reasons.TooLarge },
        { "header in empty pieces", Join(Hello, Frame(Headers, 0, 1, 0x88)), Frame(Continuation, 0, 1), Reasons.Timeout },
        { "interim answers", Hello, Frame(Headers, EndHeaders, 1, Field(":status", "103")), Reasons.TooLarge },
        { "pings", Hello, Frame(Ping, 0, 0, new byte[8]), Reasons.ProtocolError },
        { "settings", Hello, Frame(Settings, 0, 0), Reasons.ProtocolError },
    };

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory, MemberData(nameof(Bad))]
    public async Task A_server_that_breaks_its_word_is_down_for_a_reason_and_not_asked_again(string how, byte[][] frames, string reason)
    {
        await using var peer = new Http2Peer(frames);
        var clock = Stopwatch.StartNew();
        var seen = await probe.RunAsync(peer.Url, Two);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), $"{how}: {seen.Message}");
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(3, "it was seen, not waited for");
        (peer.Connections, peer.Requests).ShouldBe((1, 1));
    }

    [Theory, MemberData(nameof(Good))]
    public async Task Whatever_the_protocol_allows_is_up_even_byte_by_byte(string what, byte[][] frames)
    {
        await using var whole = new Http2Peer(frames);
        var seen = await probe.RunAsync(whole.Url, Two.With("regex", "^hello$"));
        seen.Status.ShouldBe(Status.Up, $"{what}: {seen.Message}");
        await using var slow = new Http2Peer(async (send, _) =>
        {
            foreach (var unit in Join(frames).Take(1000)) await send(new[] { unit });
            await send(Join(frames).AsMemory(Math.Min(1000, Join(frames).Length)));
        });
        seen = await probe.RunAsync(slow.Url, Two.With("regex", "^hello$"));
        seen.Status.ShouldBe(Status.Up, $"{what}, byte by byte: {seen.Message}");
    }

    [Fact]
    public async Task An_answer_cut_at_any_byte_is_never_up()
    {
        var answer = Join(Hello, Stated10, Text(0, "hello"), Text(EndStream, "world"));
        var cut = 0;
        await using var peer = new Http2Peer((send, _) => send(answer.AsMemory(0, cut)));
        for (; cut < answer.Length; cut++)
        {
            var seen = await probe.RunAsync(peer.Url, Two);
            (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Truncated), $"cut at {cut}: {seen.Message}");
        }

        (await probe.RunAsync(peer.Url, Two)).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task A_connection_reset_within_the_body_is_down_as_an_answer_that_broke_off()
    {
        await using var peer = new Http2Peer(async (send, socket) =>
        {
            await send(Join(Hello, Ok, Text(0, "hello")));
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        });
        var seen = await probe.RunAsync(peer.Url, Two);
        seen.Status.ShouldBe(Status.Down);

        // The kernel tells a reset once, to whichever half asks first. When that was the framework's writing, reading finds a connection that is gone
        // (EPIPE), or simply over.
        seen.Reason.ShouldBeOneOf(Reasons.Reset, Reasons.Closed, Reasons.Truncated);
    }

    [Fact]
    public async Task What_had_come_of_a_broken_answer_is_measured()
    {
        await using var peer = new Http2Peer(Hello, Stated10, Text(EndStream, "hello"));
        var seen = await probe.RunAsync(peer.Url, Two);
        seen.Measured("http_status_code").ShouldBe(200);
        seen.Measured("http_content_length").ShouldBe(10);
        seen.Measured("http_uncompressed_body_length").ShouldBe(5);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "connect", "processing", "transfer"]);
    }

    [Fact]
    public async Task A_body_without_end_or_regard_for_the_window_is_bounded()
    {
        await using var peer = Repeating(Join(Hello, Ok), Frame(Data, 0, 1, new byte[16_000]));
        var seen = await probe.RunAsync(peer.Url, Two.With("maxBody", "1000000"));
        seen.Status.ShouldBe(Status.Down);
        seen.Reason.ShouldBeOneOf(Reasons.TooLarge, Reasons.ProtocolError);
        peer.Sent.ShouldBeLessThan(BufferedAtMost);
    }

    [Theory, MemberData(nameof(Endless))]
    public async Task What_never_ends_is_ended_at_its_bounds_or_the_deadline(string what, byte[] beginning, byte[] repeated, string reason)
    {
        await using var peer = Repeating(beginning, repeated);
        var timeout = TimeSpan.FromMilliseconds(reason == Reasons.Timeout ? 300 : 4000);
        var clock = Stopwatch.StartNew();
        var seen = await probe.RunAsync(peer.Url, Two, timeout);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), $"{what}: {seen.Message}");
        clock.Elapsed.ShouldBeLessThan(timeout + TimeSpan.FromMilliseconds(95));
        if (reason != Reasons.Timeout) peer.Sent.ShouldBeLessThan(BufferedAtMost);
    }

    // RFC 9113 section 8.7: a refused stream was not processed, so asking again is safe.
    [Theory]
    [InlineData(1, null)]
    [InlineData(1000, Reasons.Reset)]
    public async Task A_refused_request_is_repeated_a_few_times_over_the_same_connection(int refusals, string? reason)
    {
        await using var peer = new Http2Peer(async (send, socket) =>
        {
            await send(Hello);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            var id = 1;
            for (; id < 2 * refusals; id += 2)
            {
                await send(Frame(ResetStream, 0, id, Number(RefusedStream)));
                if (!await Http2Peer.ReadToHeadersAsync(stream, CancellationToken.None)) return;
            }

            await send(Frame(Headers, EndHeaders | EndStream, id, 0x88));
        });
        var seen = await probe.RunAsync(peer.Url, Two);
        (seen.Status, seen.Reason).ShouldBe((reason is null ? Status.Up : Status.Down, reason), seen.Message);
        peer.Connections.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(20)]
    [InlineData(45)]
    public async Task A_peer_that_stalls_is_a_timeout_at_the_deadline(int after)
    {
        var answer = Join(Hello, Stated10, Text(0, "hello"), Text(EndStream, "world"));
        await using var peer = new Http2Peer(async (send, socket) =>
        {
            await send(answer.AsMemory(0, after));
            await socket.ReceiveAsync(new byte[1]);
            while (await socket.ReceiveAsync(new byte[100]) > 0) socket.NoDelay = true;
        });
        var clock = Stopwatch.StartNew();
        var seen = await probe.RunAsync(peer.Url, Two, TimeSpan.FromMilliseconds(300));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout), seen.Message);
        clock.Elapsed.TotalMilliseconds.ShouldBeLessThan(395);
        seen.Message.ShouldNotBeNull().ShouldContain(after < 45 ? "waiting" : "reading");
    }

    private static Http2Peer Repeating(byte[] beginning, byte[] repeated) => new(async (send, socket) =>
    {
        await send(beginning);
        var noise = Join([.. Enumerable.Repeat(repeated, Math.Max(1, 4096 / repeated.Length))]);
        while (socket.Connected) await send(noise);
    });
}
