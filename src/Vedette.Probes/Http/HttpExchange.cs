using System.Net;
using System.Net.Security;
using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Http;

/// <summary>One request and its answer over a connection of its own, its phases added to what the run saw.</summary>
/// <param name="resolver">Finds the address.</param>
/// <param name="closing">Ends the connection.</param>
/// <param name="request">What is asked now.</param>
/// <param name="hop">Takes how far it gets.</param>
/// <param name="seen">What the run saw so far.</param>
/// <param name="run">Deadline and clock.</param>
internal sealed class HttpExchange(Resolver resolver, ClosingSockets closing, HttpRequest request, Hop hop, Observation seen, RunContext run)
{
    private readonly HttpTerms terms = request.Terms;

    /// <summary>Performs it; a response comes with the failure when its head arrived.</summary>
    public async ValueTask<(Response? Response, Failure? Failure)> PerformAsync()
    {
        var resolved = await resolver.ResolveAsync(Targets.Unbracket(request.Url.IdnHost), terms.Family, run);
        AddPhase("resolve", resolved.Elapsed);
        if (resolved.Failure is not null) return (null, resolved.Failure);
        seen.DescribeAddress(resolved.Address!);

        var to = new IPEndPoint(resolved.Address!, request.Url.Port);
        var connected = await TcpConnector.ConnectAsync(to, run);
        connected.Describe(seen);
        hop.AddPhase("connect", connected.Elapsed);
        if (connected.Failure is not null) return (null, connected.Failure);

        var secure = request.Url.Scheme != "http";
        try
        {
            await using var wire = new WireStream(connected.Socket!);
            return secure ? await AskSecurelyAsync(wire) : await AskAsync(wire);
        }
        finally
        {
            // After a whole answer only TLS has anything left to say.
            closing.Close(connected.Socket!, to, spoken: secure);
        }
    }

    private async ValueTask<(Response?, Failure?)> AskSecurelyAsync(WireStream wire)
    {
        var demands = TlsTerms.From(terms.Options, request.Url.IdnHost, terms.Protocol);

        // The name that the user gave belongs to the host that the check points at, not to where it redirects.
        if (!request.Trusted) demands = demands with { ServerName = request.Url.IdnHost };
        using var roots = demands.Roots(out var unusable);
        if (roots is null) return (null, unusable);
        var policy = demands.SkipVerify ? null : roots.Policy;
        var handshaken = terms.IsHttp2 ? await Http2Handshake.AuthenticateAsync(wire, demands, policy, run) : await TlsHandshake.AuthenticateAsync(wire, demands, policy, run);
        AddPhase("tls", handshaken.Elapsed);
        handshaken.Certificates?.Describe(seen);
        hop.Certificates = handshaken.Certificates;
        if (handshaken.Failure is not null) return (null, handshaken.Failure);
        await using var stream = handshaken.Stream!;
        handshaken.Agreed!.Describe(seen);

        // RFC 9113 section 3.2: over TLS it is spoken only when it was chosen there. A server that ignores the offer speaks HTTP/1.1.
        if (terms.IsHttp2 && handshaken.Agreed.Protocol != SslApplicationProtocol.Http2) return (null, TlsFailures.NoProtocol(demands.Alpn));
        return await AskAsync(stream);
    }

    private async ValueTask<(Response?, Failure?)> AskAsync(Stream stream)
    {
        var asked = run.Elapsed;
        var (response, failure) = terms.IsHttp2 ? await Http2.AskAsync(stream, request, run) : await Http1.AskAsync(stream, request, run);
        hop.Status = response?.Head.Status;
        var answered = response?.FirstByteAt ?? run.Elapsed;
        AddPhase("processing", answered - asked);
        if (response is not null) AddPhase("transfer", run.Elapsed - answered);
        return (response, failure);
    }

    private void AddPhase(string name, TimeSpan duration)
    {
        seen.AddPhase(name, duration);
        hop.AddPhase(name, duration);
    }
}
