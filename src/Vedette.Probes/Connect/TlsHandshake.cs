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
/// <param name="WantsCertificate">Whether the server asked for a client certificate, which is not to say that it insists.</param>
internal readonly record struct Handshaken(SslStream? Stream, Failure? Failure, TimeSpan Elapsed, SentCertificates? Certificates, bool WantsCertificate = false);

/// <summary>
/// Performs a TLS handshake that records and accepts whatever certificate comes, and judges it afterwards: an expired certificate is then
/// reported with all its data, not as a failed connection.
/// </summary>
internal static class TlsHandshake
{
    /// <summary>Shakes hands over a connected stream; a value in every case.</summary>
    /// <param name="inner">The connection.</param>
    /// <param name="terms">What is asked for.</param>
    /// <param name="policy">How the certificates are judged; null when they are not, or by the caller.</param>
    /// <param name="run">Deadline and clock.</param>
    public static async ValueTask<Handshaken> AuthenticateAsync(Stream inner, TlsTerms terms, X509ChainPolicy? policy, RunContext run)
    {
        var start = run.Elapsed;
        var recorder = new Recorder();
        var heard = new OpeningBytes(inner);
        var stream = new SslStream(heard, leaveInnerStreamOpen: true);
        Failure? failure;
        TimeSpan elapsed;
        try
        {
            await stream.AuthenticateAsClientAsync(Options(terms, recorder), run.Cancellation);
            // Judging takes time that the server did not take.
            elapsed = run.Elapsed - start;
            failure = policy is null ? null : Judge(recorder.Sent, terms, policy, run);
            if (failure is null) return new(stream, null, elapsed, recorder.Sent, recorder.WantsCertificate);
        }
        catch (OperationCanceledException)
        {
            elapsed = run.Elapsed - start;
            failure = Failure.CutShort(run, heard.None ? "waiting for the TLS handshake" : "waiting for the rest of the TLS handshake");
        }
        catch (Exception e) when (e is AuthenticationException or IOException or CryptographicException)
        {
            elapsed = run.Elapsed - start;
            failure = TlsFailures.Handshake(e, heard, terms.Alpn, recorder.WantsCertificate);
        }

        await stream.DisposeAsync();
        return new(null, failure, elapsed, recorder.Sent, recorder.WantsCertificate);
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

    private static Failure? Judge(SentCertificates? sent, TlsTerms terms, X509ChainPolicy policy, RunContext run) => sent is null
        ? Failure.Down(Reasons.CertUntrusted, "the server sent no certificate that can be read")
        : sent.Judge(terms.ServerName, policy, run.Time.GetUtcNow());

    private static SslClientAuthenticationOptions Options(TlsTerms terms, Recorder recorder) => new()
    {
        // RFC 6066 section 3: literal addresses are not permitted in server_name.
        TargetHost = IPAddress.TryParse(terms.ServerName, out _) ? "" : terms.ServerName,
        EnabledSslProtocols = SslProtocols.None,
        CertificateChainPolicy = Unjudged(),
        RemoteCertificateValidationCallback = (_, certificate, chain, _) => recorder.Record(certificate, chain),
        LocalCertificateSelectionCallback = (_, _, _, remote, _) => recorder.RecordRequest(remote),
        ApplicationProtocols = terms.Alpn.Count > 0 ? [.. terms.Alpn] : null,
        CipherSuitesPolicy = terms.Ciphers,
        AllowTlsResume = false,
    };

    // The framework builds a chain before it asks, whatever the answer. With this host's roots that sorts all of them into a store made for this one
    // chain, some 0.25 ms, and they are needed for the judgement only. A new policy each time, because the handshake adds what the server sent.
    private static X509ChainPolicy Unjudged() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    private sealed class Recorder
    {
        public SentCertificates? Sent { get; private set; }

        public bool WantsCertificate { get; private set; }

        public bool Record(X509Certificate? certificate, X509Chain? chain)
        {
            Sent?.Dispose();
            Sent = certificate is X509Certificate2 leaf ? SentCertificates.Copy(leaf, chain?.ChainPolicy.ExtraStore) : null;
            return true;
        }

        // The framework asks once before the handshake, without a server's certificate, and again when the server asks. A server that insists
        // may end the handshake before the certificates are given for validation, so what is known by now is kept.
        public X509Certificate RecordRequest(X509Certificate? remote)
        {
            WantsCertificate |= remote is not null;
            if (remote is X509Certificate2 leaf) Sent ??= SentCertificates.CopyFirst(leaf);
            return null!;
        }
    }
}
