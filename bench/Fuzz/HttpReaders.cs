using System.IO.Compression;
using System.Text;
using Vedette;
using Vedette.Probes.Http;

namespace Fuzz;

/// <summary>What web servers send: read to the end, unpacked, and looked at by every rule.</summary>
internal static class HttpReaders
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    private static readonly HttpTerms Terms = new("http://192.0.2.1/", new OptionValues(
        HttpProbe.Kind, Parameters.Empty.With("contains", "pong").With("regex", "p(o|0)+ng").With("jsonPath", "$.a[0].b == \"pong\"")));

    public static IEnumerable<Reader> All => [new("http answers", Samples(), ReadAsync)];

    private static async ValueTask ReadAsync(byte[] answer)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        var run = new RunContext(TimeProvider.System, TimeProvider.System.GetTimestamp(), Deadline, deadline.Token);
        using var reader = new ResponseReader(new MemoryStream(answer), new ReceivedBody(Terms.MostBody, keep: true), run);
        if (await reader.ReadAsync("GET") is null) await HttpVerdict.JudgeAsync(new Observation(), Terms, reader.Response!, run);
    }

    private static byte[][] Samples() =>
    [
        Ascii("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\npong"),
        Ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\npo\r\n2;x=\"y\"\r\nng\r\n0\r\nX: y\r\n\r\n"),
        Ascii("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n"),
        Ascii("HTTP/1.0 200 OK\r\nContent-Type: application/json; charset=iso-8859-1\r\n\r\n{\"a\":[{\"b\":\"pong\"}]}"),
        Packed("gzip", stream => new GZipStream(stream, CompressionLevel.Optimal)),
        Packed("deflate", stream => new ZLibStream(stream, CompressionLevel.Optimal)),
        Packed("br", stream => new BrotliStream(stream, CompressionLevel.Optimal)),
    ];

    private static byte[] Packed(string coding, Func<Stream, Stream> pack)
    {
        using var body = new MemoryStream();
        using (var packing = pack(body)) packing.Write(Ascii(string.Concat(Enumerable.Repeat("ping pong ", 100))));
        return [.. Ascii($"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n\r\n"), .. body.ToArray()];
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);
}
