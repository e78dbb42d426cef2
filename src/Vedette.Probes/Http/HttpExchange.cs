using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Http;

/// <summary>One request and its answer over a connection of its own, its phases added to what the run saw.</summary>
/// <param name="resolver">Finds the address.</param>
/// <param name="terms">What the check asks for.</param>
/// <param name="seen">What the run saw so far.</param>
/// <param name="run">Deadline and clock.</param>
internal sealed class HttpExchange(Resolver resolver, HttpTerms terms, Observation seen, RunContext run)
{
    /// <summary>Performs it; a response comes with the failure when its head arrived.</summary>
    public async ValueTask<(Response? Response, Failure? Failure)> PerformAsync(HttpRequest request)
    {
        var resolved = await resolver.ResolveAsync(Targets.Unbracket(request.Url.IdnHost), terms.Family, run);
        seen.AddPhase("resolve", resolved.Elapsed);
        if (resolved.Failure is not null) return (null, resolved.Failure);
        seen.DescribeAddress(resolved.Address!);

        var connected = await TcpConnector.ConnectAsync(new IPEndPoint(resolved.Address!, request.Url.Port), run);
        seen.AddPhase("connect", connected.Elapsed);
        if (connected.Failure is not null) return (null, connected.Failure);

        using var socket = connected.Socket!;
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        if (request.Url.Scheme == "http") return await AskAsync(stream, request);

        var demands = TlsTerms.From(terms.Options, request.Url.IdnHost, SslApplicationProtocol.Http11);

        // The name that the user gave belongs to the host that the check points at, not to where it redirects.
        if (!request.Trusted) demands = demands with { ServerName = request.Url.IdnHost };
        var handshaken = await TlsHandshake.AuthenticateAsync(stream, demands, run);
        seen.AddPhase("tls", handshaken.Elapsed);
        handshaken.Certificates?.Describe(seen);
        seen.Details = handshaken.Certificates?.ToDetails();
        if (handshaken.Failure is not null) return (null, handshaken.Failure);
        await using var secure = handshaken.Stream!;
        seen.Describe("tls_version", TlsNames.Version(secure.SslProtocol));
        seen.Describe("tls_cipher", secure.NegotiatedCipherSuite.ToString());
        return await AskAsync(secure, request);
    }

    private async ValueTask<(Response?, Failure?)> AskAsync(Stream stream, HttpRequest request)
    {
        var asked = run.Elapsed;
        var (response, failure) = await Http1.AskAsync(stream, request, terms, run);
        var answered = response?.FirstByteAt ?? run.Elapsed;
        seen.AddPhase("processing", answered - asked);
        if (response is not null) seen.AddPhase("transfer", run.Elapsed - answered);
        return (response, failure);
    }
}
