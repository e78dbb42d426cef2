using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>What a handshake gave: a stream or a failure, and the certificates either way when the server got to send them.</summary>
/// <param name="Stream">Encrypted; the caller disposes it.</param>
/// <param name="Failure">Why there is none, or what is wrong with the certificate.</param>
/// <param name="Elapsed">How long the handshake took.</param>
/// <param name="Certificates">What the server sent.</param>
internal readonly record struct Handshaken(SslStream? Stream, Failure? Failure, TimeSpan Elapsed, SentCertificates? Certificates);

/// <summary>
/// Performs a TLS handshake that records and accepts whatever certificate comes, and judges it afterwards: an expired certificate is then
/// reported with all its data, not as a failed connection.
/// </summary>
internal static class TlsHandshake
{
    // OpenSSL adds 1000 to an alert for its reason code (ssl.h, SSL_AD_REASON_OFFSET); RFC 7301 section 3.2: no_application_protocol is 120.
    private const int NoApplicationProtocol = 1000 + 120;
    private const int ReasonMask = 0xFFF;

    /// <summary>Shakes hands over a connected stream; a value in every case.</summary>
    public static async ValueTask<Handshaken> AuthenticateAsync(Stream inner, TlsTerms terms, RunContext run)
    {
        if (terms.ChainPolicy(out var unusable) is not { } policy) return new(null, unusable, TimeSpan.Zero, null);
        var start = run.Elapsed;
        var recorder = new Recorder();
        var stream = new SslStream(inner, leaveInnerStreamOpen: true);
        Failure? failure;
        try
        {
            await stream.AuthenticateAsClientAsync(Options(terms, policy, recorder), run.Cancellation);
            var elapsed = run.Elapsed - start;
            failure = terms.SkipVerify ? null : recorder.Sent?.Judge(terms.ServerName, policy, run.Time.GetUtcNow());
            if (failure is null) return new(stream, null, elapsed, recorder.Sent);
        }
        catch (OperationCanceledException)
        {
            failure = Failure.CutShort(run, "waiting for the TLS handshake");
        }
        catch (AuthenticationException e)
        {
            failure = IsNoProtocol(e) ? NoProtocol(terms.Alpn) : Failure.Down(Reasons.TlsHandshake, $"the TLS handshake failed: {(e.InnerException ?? e).Message}");
        }
        catch (IOException e)
        {
            failure = e.InnerException is SocketException
                ? SocketFailures.From(e, "waiting for the TLS handshake")
                : Failure.Down(Reasons.TlsHandshake, $"the TLS handshake failed: {e.Message.TrimEnd('.')}");
        }

        await stream.DisposeAsync();
        return new(null, failure, run.Elapsed - start, recorder.Sent);
    }

    /// <summary>Says that nothing more comes (close_notify, RFC 8446 section 6.1), unless that would have to wait.</summary>
    public static async ValueTask FinishAsync(SslStream stream, Socket socket)
    {
        if (!socket.Poll(TimeSpan.Zero, SelectMode.SelectWrite)) return;
        try
        {
            await stream.ShutdownAsync();
        }
        catch (IOException)
        {
            // The peer has gone since: there is nobody to tell.
            return;
        }
    }

    /// <summary>The server chose none of the protocols offered to it.</summary>
    public static Failure NoProtocol(IReadOnlyList<SslApplicationProtocol> offered) =>
        Failure.Down(Reasons.ProtocolError, $"the server speaks none of the protocols that were offered in the TLS handshake ({string.Join(", ", offered)})");

    private static bool IsNoProtocol(Exception exception) =>
        exception.GetBaseException() is CryptographicException cause && (cause.HResult & ReasonMask) == NoApplicationProtocol;

    private static SslClientAuthenticationOptions Options(TlsTerms terms, X509ChainPolicy policy, Recorder recorder) => new()
    {
        // RFC 6066 section 3: literal addresses are not permitted in server_name.
        TargetHost = IPAddress.TryParse(terms.ServerName, out _) ? "" : terms.ServerName,
        EnabledSslProtocols = SslProtocols.None,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = policy.Clone(), // the handshake adds what the server sent
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => recorder.Record(certificate, chain),
        ApplicationProtocols = terms.Alpn.Count > 0 ? [.. terms.Alpn] : null,
        AllowTlsResume = false,
    };

    private sealed class Recorder
    {
        public SentCertificates? Sent { get; private set; }

        public bool Record(X509Certificate? certificate, X509Chain? chain)
        {
            if (certificate is X509Certificate2 leaf) Sent = SentCertificates.Copy(leaf, chain?.ChainPolicy.ExtraStore);
            return true;
        }
    }
}
