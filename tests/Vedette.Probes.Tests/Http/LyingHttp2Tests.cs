using System.Diagnostics;
using System.Net.Sockets;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using static Vedette.Probes.Tests.Http.Http2Answers;
using static Vedette.Probes.Tests.Http.Http2Peer;

namespace Vedette.Probes.Tests.Http;

public sealed class LyingHttp2Tests : IAsyncDisposable
{
    private static readonly Parameters Two = Parameters.Empty.With("httpVersion", "2");

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public LyingHttp2Tests() => probe = new HttpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory, MemberData(nameof(Http2Answers.Bad), MemberType = typeof(Http2Answers))]
    public async Task A_server_that_breaks_its_word_is_down_for_a_reason_and_not_asked_again(string how, byte[][] frames, string reason)
    {
        await using var peer = new Http2Peer(frames);
        var clock = Stopwatch.StartNew();
        var seen = await probe.RunAsync(peer.Url, Two);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), $"{how}: {seen.Message}");
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(3, "it was seen, not waited for");
        (peer.Connections, peer.Requests).ShouldBe((1, 1));
    }

    [Theory, MemberData(nameof(Http2Answers.Good), MemberType = typeof(Http2Answers))]
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
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Reset), seen.Message);
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

    [Theory]
    [InlineData(1000, Status.Up, null)]
    [InlineData(1001, Status.Down, "the answer has more than 1000 header fields")]
    public async Task Whatever_the_version_a_thousand_header_fields_are_taken_and_no_more(int fields, Status status, string? says)
    {
        await using var second = new Http2Peer(Hello, Frame(Headers, EndHeaders | EndStream, 1, [0x88, .. Enumerable.Repeat(Field("a", "b"), fields).SelectMany(field => field)]));
        var two = await probe.RunAsync(second.Url, Two);
        (two.Status, two.Message).ShouldBe((status, says));
        await using var first = new HttpPeer(_ => HttpPeer.Page("", fields: string.Concat(Enumerable.Repeat("a: b\r\n", fields - 1))));
        var one = await probe.RunAsync(first.Url(), Parameters.Empty);
        (one.Status, one.Message).ShouldBe((status, says));
    }

    [Fact]
    public async Task A_body_without_end_or_regard_for_the_window_is_bounded()
    {
        await using var peer = Http2Peer.Repeating(Join(Hello, Ok), Frame(Data, 0, 1, new byte[16_000]));
        var seen = await probe.RunAsync(peer.Url, Two.With("maxBody", "1000000"));
        seen.Status.ShouldBe(Status.Down);
        seen.Reason.ShouldBeOneOf(Reasons.TooLarge, Reasons.ProtocolError);
        peer.Sent.ShouldBeLessThan(Http2Peer.BufferedAtMost);
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
}
