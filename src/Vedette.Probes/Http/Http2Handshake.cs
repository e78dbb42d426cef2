using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vedette.Linux.OpenSsl;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Http;

/// <summary>
/// The handshake before HTTP/2, with the framework's TLS: its client of HTTP/2 takes a connection for a secure one, and says <c>https</c> in its requests,
/// only when the framework encrypts it. Like <see cref="TlsHandshake"/> it accepts whatever certificate comes, which is judged afterwards.
/// </summary>
internal sealed class Http2Handshake
{
    private readonly OpeningBytes heard = new();
    private SentCertificates? sent;
    private bool wantsCertificate;

    private Http2Handshake()
    {
    }

    /// <summary>Shakes hands over a connected stream; a value in every case.</summary>
    public static async ValueTask<Handshaken> AuthenticateAsync(WireStream wire, TlsTerms terms, X509ChainPolicy? policy, RunContext run)
    {
        var handshake = new Http2Handshake();
        var start = run.Elapsed;
        wire.Heard = handshake.heard;
        var stream = new SslStream(wire, leaveInnerStreamOpen: true);
        var failure = await handshake.ShakeAsync(stream, terms, run);
        var elapsed = run.Elapsed - start;
        failure ??= TlsHandshake.Judge(handshake.sent, terms, policy, run);
        if (failure is null) return new(stream, AgreedIn(stream), null, elapsed, handshake.sent);
        await stream.DisposeAsync();
        return new(null, null, failure, elapsed, handshake.sent);
    }

    private async ValueTask<Failure?> ShakeAsync(SslStream stream, TlsTerms terms, RunContext run)
    {
        try
        {
            await stream.AuthenticateAsClientAsync(Options(terms), run.Cancellation);
            return null;
        }
        catch (OperationCanceledException)
        {
            return TlsFailures.CutShort(run, heard);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or CryptographicException)
        {
            return TlsFailures.Handshake(TlsException.From(e) ?? e, heard, terms.Alpn, wantsCertificate);
        }
    }

    private SslClientAuthenticationOptions Options(TlsTerms terms) => new()
    {
        TargetHost = terms.SentName,
        EnabledSslProtocols = SslProtocols.None,
        CertificateChainPolicy = Unjudged(),
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => Record(certificate, chain),
        LocalCertificateSelectionCallback = (_, _, _, remote, _) => GiveNone(remote),
        ApplicationProtocols = [.. terms.Alpn],
        AllowTlsResume = false,
    };

    // The framework builds a chain before it asks, whatever the answer; this host's roots, which take time to sort, are needed for the judgement only.
    // A new policy each time, because the handshake adds what the server sent.
    private static X509ChainPolicy Unjudged() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    // Another hold on each, because the handshake disposes its own.
    private bool Record(X509Certificate? certificate, X509Chain? chain)
    {
        sent?.Dispose();
        sent = certificate is X509Certificate2 leaf ? SentCertificates.Of([.. (chain?.ChainPolicy.ExtraStore ?? []).Prepend(leaf).Select(one => new X509Certificate2(one))]) : null;
        return true;
    }

    // The framework asks once before the handshake, without a server's certificate, and again when the server asks. A server that insists may end the
    // handshake before the certificates are given for validation, so what is known by now is kept.
    private X509Certificate GiveNone(X509Certificate? remote)
    {
        wantsCertificate |= remote is not null;
        if (remote is X509Certificate2 leaf) sent ??= SentCertificates.Of([new X509Certificate2(leaf)]);
        return null!;
    }

    private static Agreed AgreedIn(SslStream stream) => new(TlsNames.Number(stream.SslProtocol), stream.NegotiatedCipherSuite, stream.NegotiatedApplicationProtocol);
}
