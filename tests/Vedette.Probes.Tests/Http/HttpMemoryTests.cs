using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Tcp;
using static Vedette.Probes.Tests.Http.Http2Peer;

namespace Vedette.Probes.Tests.Http;

/// <summary>The largest body and the largest header that are accepted, in the shapes that take the most memory to read, unpack and judge.</summary>
[Collection(nameof(Deadlines))]
public sealed class HttpMemoryTests : IAsyncDisposable
{
    private const int MostBody = 1 << 20;
    private const string Begun = "HTTP/1.1 200 OK\r\n";
    private const string Chunked = $"{Begun}Transfer-Encoding: chunked\r\n\r\n";
    private static readonly Parameters Matching = Parameters.Empty.With("regex", "nowhere");
    private static readonly Parameters Two = Parameters.Empty.With("httpVersion", "2");

    // As many fields as are accepted, together as long as a header may be.
    private static readonly string Fields = string.Concat(Enumerable.Repeat($"a:{new string('b', 60)}\r\n", 990));

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public HttpMemoryTests() => probe = new HttpProbe(resolver);

    public static TheoryData<string, string, string> Endless => new()
    {
        { "body", $"{Begun}\r\n", new string('x', 4096) },
        { "chunks", Chunked, $"1000\r\n{new string('x', 4096)}\r\n" },
        { "chunks of one byte", Chunked, "1\r\nx\r\n" },
        { "chunks with long extensions", Chunked, $"1;{new string('a', 4000)}\r\nx\r\n" },
        { "trailers", $"{Chunked}0\r\n", "a: b\r\n" },
        { "header fields", Begun, "a: b\r\n" },
        { "a header field", $"{Begun}a: ", new string('x', 4096) },
        { "interim answers", "", $"HTTP/1.1 103 Early Hints\r\n{Fields}\r\n" },
    };

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory, MemberData(nameof(Endless))]
    public async Task What_never_ends_takes_little(string what, string beginning, string repeated)
    {
        await using var peer = new HttpPeer((_, socket, stop) => Peer.Pour(socket, Encoding.Latin1.GetBytes(beginning), Encoding.Latin1.GetBytes(repeated), stop));
        var seen = await StaysWithinAsync(peer.Url(), Matching);
        seen.Status.ShouldBe(Status.Down, what);
    }

    [Theory]
    [InlineData("regex", "text")]
    [InlineData("regex", "noise")]
    [InlineData("contains", "noise")]
    [InlineData("jsonPath", "numbers")]
    [InlineData("jsonPath", "text")]
    public async Task The_largest_body_takes_little_to_judge_whatever_it_holds(string rule, string what)
    {
        foreach (var coding in new[] { "identity", "gzip", "br" })
        {
            await using var peer = Serving($"Content-Encoding: {coding}\r\n{Fields[..^192]}", Pack(coding, Body(what)));
            var seen = await StaysWithinAsync(peer.Url(), Parameters.Empty.With(rule, rule == "jsonPath" ? "$.a == 1" : "nowhere"));
            seen.Reason.ShouldBe(Reasons.BodyMismatch, seen.Message);
        }
    }

    [Fact]
    public async Task More_fields_than_anyone_needs_are_refused_and_take_little()
    {
        await using var peer = Serving(string.Concat(Enumerable.Repeat("a:\r\n", 16_000)), Body("text"));
        var seen = await StaysWithinAsync(peer.Url(), Matching);
        (seen.Reason, seen.Message).ShouldBe((Reasons.ProtocolError, "the answer has more than 1000 header fields"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    public async Task A_bomb_takes_little(string coding)
    {
        await using var peer = Serving($"Content-Encoding: {coding}\r\n", coding.Split(", ").Aggregate(new byte[64 * MostBody], (body, layer) => Pack(layer, body)));
        (await StaysWithinAsync(peer.Url(), Matching)).Reason.ShouldBe(Reasons.TooLarge);
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    public async Task Redirects_without_end_each_with_a_large_header_and_body_take_little(string coding)
    {
        var (asked, body, path) = (0, Body("noise"), new string('a', 60_000));
        await using var peer = new Peer(async (socket, stop) =>
        {
            await HttpPeer.ReadHeadAsync(socket, stop);
            await HttpPeer.SendAsync(socket, Head("302 Found", $"Location: /{asked++}{path}\r\nContent-Encoding: {coding}\r\n", body.Length), stop);
            await HttpPeer.SendAsync(socket, body, stop);
            socket.Shutdown(SocketShutdown.Both);
        });
        (await StaysWithinAsync($"http://{peer.Target}/", Matching)).Reason.ShouldBe(Reasons.RedirectLoop);
    }

    [Theory, MemberData(nameof(Http2Answers.Endless), MemberType = typeof(Http2Answers))]
    public async Task What_never_ends_takes_little_in_http_2(string what, byte[] beginning, byte[] repeated, string reason)
    {
        var noise = Join([.. Enumerable.Repeat(repeated, Math.Max(1, 4096 / repeated.Length))]);
        await using var peer = new Http2Peer((_, socket) => Peer.Pour(socket, beginning, noise, CancellationToken.None));
        var seen = await StaysWithinAsync(peer.Url, Two);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), $"{what}: {seen.Message}");
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    public async Task A_body_without_end_takes_little_in_http_2(string coding)
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, async context =>
        {
            context.Response.Headers.ContentEncoding = coding;
            var piece = new byte[10_000];
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        (await StaysWithinAsync(peer.Url(), Two.With("contains", "nowhere"))).Reason.ShouldBe(Reasons.TooLarge);
    }

    private static HttpPeer Serving(string fields, byte[] body)
    {
        byte[] answer = [.. Head("200 OK", fields, body.Length), .. body];
        return new((_, socket, stop) => HttpPeer.SendAsync(socket, answer, stop));
    }

    private static byte[] Head(string status, string fields, int length) =>
        Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\n\r\n"));

    private static byte[] Body(string what) => what switch
    {
        "noise" => Noise(),
        "numbers" => Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat('1', (MostBody / 2) - 1))}]"),
        _ => Encoding.ASCII.GetBytes(new string('x', MostBody)),
    };

    // It cannot be packed, so that there is room left for what packing adds.
    private static byte[] Noise()
    {
        var noise = new byte[MostBody - 4096];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private static byte[] Pack(string coding, byte[] body)
    {
        if (coding == "identity") return body;
        using var packed = new MemoryStream();
        using (Stream packing = coding == "br" ? new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true) : new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            packing.Write(body);
        return packed.ToArray();
    }

    private async Task<Observation> StaysWithinAsync(string url, Parameters parameters)
    {
        // What the test made on its way here is not to be alive any more when it is first looked.
        await Task.Yield();
        return await RunMemory.StaysWithinAsync(() => probe.RunAsync(url, parameters, TimeSpan.FromMilliseconds(500)));
    }
}
