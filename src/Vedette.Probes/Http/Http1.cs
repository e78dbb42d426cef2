namespace Vedette.Probes.Http;

/// <summary>Speaks HTTP/1.1 over a stream (RFC 9112).</summary>
internal static class Http1
{
    /// <summary>Asks, and reads the answer to its end; a value in every case.</summary>
    public static async ValueTask<(Response? Response, Failure? Failure)> AskAsync(Stream stream, HttpRequest request, HttpTerms terms, RunContext run)
    {
        using var reader = new ResponseReader(stream, new ReceivedBody(terms.MostBody, terms.Rules.Any), run);
        try
        {
            await stream.WriteAsync(request.WriteHead(terms), run.Cancellation);
            if (request.Body.Length > 0) await stream.WriteAsync(request.Body, run.Cancellation);
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
}
