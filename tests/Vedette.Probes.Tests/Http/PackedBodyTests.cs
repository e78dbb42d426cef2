using System.IO.Compression;
using System.Text;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Http;

/// <summary>Bodies that are packed are unpacked to their end, whether or not anybody looks at them.</summary>
public sealed class PackedBodyTests : IAsyncDisposable
{
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public PackedBodyTests() => probe = new HttpProbe(resolver);

    public static TheoryData<string> Codings { get; } = ["gzip", "x-gzip", "deflate", "raw deflate", "br"];

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory, MemberData(nameof(Codings))]
    public async Task A_page_packed_rightly_is_up_and_its_length_is_that_of_the_page(string coding)
    {
        foreach (var size in new[] { 1, 100, 8191, 8192, 8193, 20_000, 300_000 })
        {
            var seen = await ServeAsync(coding, Pack(coding, Page(size)));
            seen.Status.ShouldBe(Status.Up, $"{size}: {seen.Message}");
            seen.Measured("http_uncompressed_body_length").ShouldBe(size);
        }
    }

    [Theory, MemberData(nameof(Codings))]
    public void Cut_at_any_byte_it_is_truncated(string coding)
    {
        var packed = Pack(coding, Page(200));
        for (var cut = 1; cut < packed.Length; cut++) Undo(coding, packed[..cut]).ShouldBe(Reasons.Truncated, $"cut at {cut} of {packed.Length}");
        Undo(coding, packed).ShouldBeNull();
    }

    [Theory, MemberData(nameof(Codings))]
    public void Cut_near_the_bounds_of_the_decoders_buffers_it_is_truncated(string coding)
    {
        var packed = Pack(coding, Page(60_000));
        packed.Length.ShouldBeGreaterThan(16_400);
        foreach (var edge in new[] { 8192, 16384, packed.Length - 8 })
            for (var cut = edge - 12; cut < Math.Min(edge + 12, packed.Length); cut++) Undo(coding, packed[..cut]).ShouldBe(Reasons.Truncated, $"cut at {cut} of {packed.Length}");
    }

    [Theory, MemberData(nameof(Codings))]
    public void What_follows_its_end_is_not_passed_over(string coding)
    {
        foreach (var size in new[] { 200, 60_000 })
            foreach (var garbage in new byte[][] { [0], [1], [255], [0x1F], [0x1F, 0x8B], [0, 0, 0, 0], new byte[10_000], [.. "<html>"u8] })
                Undo(coding, [.. Pack(coding, Page(size)), .. garbage]).ShouldBeOneOf([Reasons.ProtocolError, Reasons.Truncated], $"{garbage.Length} bytes of {garbage[0]} after {size}");
    }

    // RFC 1952 section 2.2: a file is a row of members.
    [Fact]
    public void Gzip_in_several_members_is_whole_wherever_they_meet()
    {
        foreach (var first in Enumerable.Range(0, 40).Select(more => 12_120 + more).Append(0).Append(5))
        {
            byte[] two = [.. Pack("gzip", Noise(first)), .. Pack("gzip", Page(100))];
            Undo("gzip", two).ShouldBeNull($"a first member of {first} bytes");
            Undo("gzip", two[..^1]).ShouldBe(Reasons.Truncated);
            Undo("gzip", [.. two, 7]).ShouldBe(Reasons.ProtocolError);
        }
    }

    // RFC 1952 section 2.3.1 and RFC 1950 section 2.2: a checksum of the data stands at the end.
    [Theory]
    [InlineData("gzip", 8)]
    [InlineData("deflate", 4)]
    public void A_checksum_with_any_bit_wrong_is_no_such_coding(string coding, int trailer)
    {
        var packed = Pack(coding, Page(200));
        for (var bit = 0; bit < 8 * trailer; bit++)
        {
            var bad = packed.ToArray();
            bad[^(1 + (bit / 8))] ^= (byte)(1 << (bit % 8));
            Undo(coding, bad).ShouldBe(Reasons.ProtocolError, $"bit {bit}");
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public void A_bit_wrong_anywhere_in_the_data_is_found(string coding)
    {
        var packed = Pack(coding, Page(200));
        for (var at = coding == "gzip" ? 10 : 2; at < packed.Length; at++)
        {
            var bad = packed.ToArray();
            bad[at] ^= 4;
            Undo(coding, bad).ShouldNotBeNull($"byte {at} of {packed.Length}");
        }
    }

    [Theory, MemberData(nameof(Codings))]
    public void Noise_does_no_harm(string coding)
    {
        var random = new Random(1);
        var whole = Pack(coding, Page(300));
        for (var round = 0; round < 2000; round++)
        {
            var packed = whole.ToArray();
            for (var flip = 0; flip <= round % 4; flip++) packed[random.Next(packed.Length)] = (byte)random.Next(256);
            Undo(coding, packed).ShouldBeOneOf(null, Reasons.ProtocolError, Reasons.Truncated, Reasons.TooLarge);
        }
    }

    [Theory, MemberData(nameof(Codings))]
    public void A_few_bytes_that_unfold_into_many_are_cut_at_the_bound(string coding)
    {
        var bomb = Pack(coding, new byte[64 << 20]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Undo(coding, bomb, most: 100_000).ShouldBe(Reasons.TooLarge);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Every_layer_of_what_was_packed_several_times_has_the_bound()
    {
        var bomb = Pack("gzip", Pack("gzip", new byte[64 << 20]));
        bomb.Length.ShouldBeLessThan(1000);
        Undo("gzip, gzip", bomb, most: 10_000).ShouldBe(Reasons.TooLarge);
        Undo("gzip, gzip", Pack("gzip", Pack("gzip", Page(100)))).ShouldBeNull();
        Undo("gzip,gzip,gzip,gzip,gzip,gzip", [1]).ShouldBe(Reasons.ProtocolError);
    }

    [Fact]
    public void What_is_not_unpacked_at_the_deadline_is_this_agents_doing()
    {
        var hourAgo = TimeProvider.System.GetTimestamp() - (3600 * TimeProvider.System.TimestampFrequency);
        var failure = Undo("gzip", Pack("gzip", Page(100)), 1 << 20, new RunContext(TimeProvider.System, hourAgo, TimeSpan.FromSeconds(2), new CancellationToken(canceled: true)));
        (failure!.Value.Status, failure.Value.Reason).ShouldBe((Status.Unknown, Reasons.AgentLate));
    }

    [Theory]
    [InlineData("zstd", "whatever")]
    [InlineData("compress", "")]
    [InlineData("identity", "hello")]
    [InlineData("gzip", "")]
    public async Task What_nobody_can_or_has_to_unpack_is_not_judged(string coding, string body) =>
        (await ServeAsync(coding, Encoding.ASCII.GetBytes(body))).Status.ShouldBe(Status.Up);

    [Fact]
    public async Task An_unknown_coding_within_a_known_one_is_unpacked_as_far_as_it_goes()
    {
        (await ServeAsync("zstd, gzip", Pack("gzip", Page(50)))).Status.ShouldBe(Status.Up);
        (await ServeAsync("zstd, gzip", Pack("gzip", Page(50))[..^3])).Reason.ShouldBe(Reasons.Truncated);
    }

    [Fact]
    public async Task A_page_that_ends_within_its_packing_is_down_with_no_rule_about_its_body()
    {
        var seen = await ServeAsync("gzip", Pack("gzip", Page(5000))[..^100]);
        (seen.Status, seen.Reason, seen.Message).ShouldBe((Status.Down, Reasons.Truncated, "the body came whole, but its gzip ends before it is complete"));
    }

    [Fact]
    public async Task The_same_holds_in_http_2()
    {
        var packed = Pack("gzip", Page(300));
        foreach (var (body, reason) in new[] { (packed, null), (packed[..^1], Reasons.Truncated) })
        {
            await using var peer = new Http2Peer(
                Http2Peer.Hello, Http2Peer.Frame(Http2Peer.Headers, Http2Peer.EndHeaders, 1, [0x88, .. Http2Peer.Field("content-encoding", "gzip")]),
                Http2Peer.Frame(Http2Peer.Data, Http2Peer.EndStream, 1, body));
            (await probe.RunAsync(peer.Url, Parameters.Empty.With("httpVersion", "2"))).Reason.ShouldBe(reason);
        }
    }

    [Fact]
    public async Task A_head_request_is_not_asked_to_unpack_what_does_not_come()
    {
        await using var peer = new HttpPeer(_ => "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 500\r\n\r\n");
        (await probe.RunAsync(peer.Url(), Parameters.Empty.With("method", "HEAD"))).Status.ShouldBe(Status.Up);
    }

    private static byte[] Page(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)((i * i) + (i % 7 * (i >> 5))))];

    private static byte[] Noise(int size)
    {
        var noise = new byte[size];
        new Random(size).NextBytes(noise);
        return noise;
    }

    private static byte[] Pack(string coding, byte[] body)
    {
        using var packed = new MemoryStream();
        using (Stream packing = coding switch
        {
            "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "raw deflate" => new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
        })
            packing.Write(body);
        return packed.ToArray();
    }

    private static string Name(string coding) => coding == "raw deflate" ? "deflate" : coding;

    // Without rules, as a run without them does it.
    private static string? Undo(string coding, byte[] packed, long most = 1 << 20) =>
        Undo(coding, packed, most, new RunContext(TimeProvider.System, TimeProvider.System.GetTimestamp(), TimeSpan.FromMinutes(1), CancellationToken.None))?.Reason;

    private static Failure? Undo(string coding, byte[] packed, long most, RunContext run)
    {
        var parameters = Parameters.Empty.With("maxBody", most.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var terms = new HttpTerms("http://127.0.0.1/", new OptionValues(HttpProbe.Kind, parameters));
        var head = ResponseHead.Read(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {Name(coding)}\r\n\r\n")).Head!;
        var body = new ReceivedBody(most, keep: true);
        body.Take(packed);
        return ContentCoding.Undo(new Response(head, body, TimeSpan.Zero), terms, run).Failure;
    }

    private async Task<Observation> ServeAsync(string coding, byte[] body)
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page(Encoding.Latin1.GetString(body), fields: $"Content-Encoding: {Name(coding)}\r\n"));
        return await probe.RunAsync(peer.Url(), Parameters.Empty);
    }
}
