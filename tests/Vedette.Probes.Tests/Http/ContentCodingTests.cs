using System.IO.Compression;
using System.Text;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Http;

public sealed class ContentCodingTests : IAsyncDisposable
{
    private const string Text = "all is well, all is well, all is well";

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public ContentCodingTests() => probe = new HttpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    [InlineData("deflate, gzip")]
    public async Task Conditions_see_the_text_however_it_was_packed(string codings)
    {
        var seen = await RunAsync(codings, Pack(Encoding.ASCII.GetBytes(Text), codings), Parameters.Empty.With("contains", "is well"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("http_uncompressed_body_length").ShouldBe(Text.Length);
    }

    [Fact]
    public async Task A_body_that_is_not_what_it_says_is_down()
    {
        var seen = await RunAsync("gzip", Encoding.ASCII.GetBytes(Text), Parameters.Empty.With("contains", "well"));
        (seen.Status, seen.Reason, seen.Message).ShouldBe((Status.Down, Reasons.ProtocolError, "the body is not the gzip that it says it is"));
    }

    [Fact]
    public async Task An_unknown_coding_is_named()
    {
        var seen = await RunAsync("zstd", Encoding.ASCII.GetBytes(Text), Parameters.Empty.With("contains", "well"));
        (seen.Reason, seen.Message).ShouldBe((Reasons.ProtocolError, "the body came in the content coding 'zstd', which was not asked for"));
    }

    [Fact]
    public async Task A_few_bytes_that_unfold_without_end_are_cut_at_the_bound()
    {
        var seen = await RunAsync("gzip", Pack(new byte[4 << 20], "gzip"), Parameters.Empty.With("contains", "well"));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.TooLarge));
    }

    [Fact]
    public async Task Json_may_begin_with_a_byte_order_mark()
    {
        var seen = await RunAsync("identity", [0xEF, 0xBB, 0xBF, .. "{\"state\":\"ok\"}"u8], Parameters.Empty.With("jsonPath", "$.state == \"ok\""));
        seen.Status.ShouldBe(Status.Up, seen.Message);
    }

    private async Task<Observation> RunAsync(string codings, byte[] body, Parameters parameters)
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page(Encoding.Latin1.GetString(body), fields: $"Content-Encoding: {codings}\r\n"));
        return await probe.RunAsync(peer.Url(), parameters);
    }

    private static byte[] Pack(byte[] body, string codings)
    {
        foreach (var coding in codings.ToLowerInvariant().Split(", "))
        {
            using var packed = new MemoryStream();
            using (Stream packing = coding switch
            {
                "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
                "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
                "br" => new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true),
                _ => new BufferedStream(new MemoryStream()),
            })
                packing.Write(body);
            if (coding != "identity") body = packed.ToArray();
        }

        return body;
    }
}
