using System.Net.Sockets;

namespace Vedette.Probes.Http;

/// <summary>What an exception of the framework's HTTP/2 client says of the server.</summary>
internal static class Http2Failures
{
    // RFC 9113 section 7. What the framework itself finds wrong it gives one of PROTOCOL_ERROR to COMPRESSION_ERROR, as a server would.
    private const long NoError = 0;
    private const long ProtocolError = 1;
    private const long FlowControlError = 3;
    private const long FrameSizeError = 6;
    private const long CompressionError = 9;
    private const long RefusedStream = 7;
    private const long Http11Required = 13;

    /// <summary>To throw when the client wants a second connection: it does when the server did not take the request over the first.</summary>
    public static Exception NotTaken => new HttpProtocolException(RefusedStream, "the server is leaving or refused it", innerException: null);

    /// <summary>The failure of a request.</summary>
    /// <param name="exception">What the client threw.</param>
    /// <param name="doing">What the probe was doing, such as <c>waiting for the answer</c>.</param>
    public static Failure From(Exception exception, string doing)
    {
        // The framework wraps what happened, often several times; the cause is inmost.
        var causes = new Stack<Exception>();
        for (var cause = exception; cause is not null; cause = cause.InnerException) causes.Push(cause);
        return causes.Select(cause => Explain(cause, doing)).FirstOrDefault(failure => failure is not null) ?? NotHttp2(causes.Peek());
    }

    private static Failure? Explain(Exception cause, string doing) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.Shutdown } => Ended(doing),
        SocketException => SocketFailures.From(cause, doing),
        HttpProtocolException broken => Explain(broken),
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => Ended(doing),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => Response.HeadTooLarge,
        _ => null,
    };

    // Whether reading found the end, or writing that nobody reads any more, is a matter of which came first.
    private static Failure Ended(string doing) => Failure.Down(Reasons.Truncated, $"the server closed the connection while {doing}");

    private static Failure Explain(HttpProtocolException broken) => broken.ErrorCode switch
    {
        NoError => Failure.Down(Reasons.Truncated, "the server ended the answer before it was complete"),
        ProtocolError or FlowControlError or FrameSizeError or CompressionError => NotHttp2(broken),
        Http11Required => Failure.Down(Reasons.ProtocolError, "the server wants HTTP/1.1 for this; use httpVersion=1.1"),
        _ => Failure.Down(Reasons.Reset, $"the server broke the request off: {Text(broken)}"),
    };

    private static Failure NotHttp2(Exception cause) =>
        Failure.Down(Reasons.ProtocolError, $"the server does not keep to HTTP/2: {Text(cause)}; if it speaks only HTTP/1.1, use httpVersion=1.1");

    // The framework adds its own name of the error in parentheses.
    private static string Text(Exception cause) =>
        (cause is HttpIOException known ? cause.Message.Replace($" ({known.HttpRequestError})", "", StringComparison.Ordinal) : cause.Message).TrimEnd('.');
}
