using System.Buffers;
using System.Net;
using System.Text;

namespace Vedette.Probes.Http;

/// <summary>
/// Speaks HTTP/2 over a stream with the framework's client (RFC 9113). The client is made for one request on one connection that is already
/// there: it finds no other, so nothing is pooled, proxied, redirected or asked elsewhere behind the probe's back. It bounds the header, its
/// buffers and its queue of frames to send; the run's deadline bounds the rest.
/// </summary>
internal static class Http2
{
    private const int ReadSize = 16 * 1024;

    /// <summary>Asks, and reads the answer to its end; a value in every case.</summary>
    public static async ValueTask<(Response? Response, Failure? Failure)> AskAsync(Stream stream, HttpRequest request, RunContext run)
    {
        using var client = new HttpMessageInvoker(Handler(stream));
        using var message = Write(request);
        Response? response = null;
        try
        {
            using var answer = await client.SendAsync(message, run.Cancellation);
            var (head, refused) = ResponseHead.From(answer);
            if (head is null) return (null, refused);
            response = new(head, new ReceivedBody(request.Terms.MostBody, request.Terms.Rules.Any), run.Elapsed);
            return (response, await ReadAsync(answer.Content, response, request.Method, run));
        }
        catch (OperationCanceledException)
        {
            return (response, Failure.CutShort(run, Doing(response)));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (response, Http2Failures.From(e, Doing(response)));
        }
    }

    private static SocketsHttpHandler Handler(Stream stream)
    {
        Stream? unused = stream;
        return new()
        {
            ConnectCallback = (_, _) => Interlocked.Exchange(ref unused, null) is { } first ? ValueTask.FromResult(first) : throw Http2Failures.NotTaken,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = Response.MostHead / 1024,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
    }

    private static HttpRequestMessage Write(HttpRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = request.Body.Length > 0 ? new ByteArrayContent(request.Body) : null,
        };
        foreach (var (name, value) in request.Fields())
            if (!message.Headers.TryAddWithoutValidation(name, value)) (message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    private static async ValueTask<Failure?> ReadAsync(HttpContent content, Response response, string method, RunContext run)
    {
        var body = response.Body;
        if (ContentCoding.IsKnown(response.Head)) body.Keep();
        if (!response.Head.TryGetLength(out var length)) return ResponseHead.LengthUnclear;
        if (response.Head.HasNoBody(method)) length = 0;
        else if (body.Refuse(length ?? 0) is { } stated) return stated;

        await using var stream = await content.ReadAsStreamAsync(run.Cancellation);
        using var memory = MemoryPool<byte>.Shared.Rent(ReadSize);
        for (int read; (read = await stream.ReadAsync(memory.Memory, run.Cancellation)) > 0;)
        {
            if (body.Refuse(read) is { } tooLarge) return tooLarge;
            body.Take(memory.Memory.Span[..read]);
        }

        // RFC 9113 section 8.1.1: an answer whose length is not the sum of its DATA frames is malformed. The framework lets it pass.
        if (body.Length < length) return body.Cut();
        return body.Length > length ? Failure.Down(Reasons.ProtocolError, "the body of the answer is longer than it said") : null;
    }

    private static string Doing(Response? response) => response is null ? "waiting for the answer" : "reading the answer";
}
