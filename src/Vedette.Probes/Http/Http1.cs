using System.Net.Sockets;

namespace Vedette.Probes.Http;

/// <summary>Speaks HTTP/1.1 over a stream (RFC 9112).</summary>
internal static class Http1
{
    /// <summary>Asks, and reads the answer to its end; a value in every case.</summary>
    public static async ValueTask<(Response? Response, Failure? Failure)> AskAsync(Stream stream, HttpRequest request, RunContext run)
    {
        using var reader = new ResponseReader(stream, new ReceivedBody(request.Terms.MostBody, request.Terms.Rules.Any), run);
        try
        {
            await SendAsync(stream, request, run);
            var failure = await reader.ReadAsync(request.Method);
            return (reader.Response, failure);
        }
        catch (OperationCanceledException)
        {
            return (reader.Response, Failure.CutShort(run, reader.Doing));
        }
        catch (IOException e)
        {
            return (reader.Response, SocketFailures.From(e, reader.Doing));
        }
    }

    // RFC 9112 section 9.5: a server may answer before it has the whole request and close. What it said then is there to be read; a connection that
    // broke without an answer fails the reading, too.
    private static async ValueTask SendAsync(Stream stream, HttpRequest request, RunContext run)
    {
        try
        {
            await stream.WriteAsync(request.Head, run.Cancellation);
            if (request.Body.Length > 0) await stream.WriteAsync(request.Body, run.Cancellation);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown })
        {
            return;
        }
    }
}
