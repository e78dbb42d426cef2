using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vedette.Linux.OpenSsl;

namespace Vedette.Probes.Connect;

/// <summary>What was agreed on in a handshake.</summary>
/// <param name="Version">Its number on the wire (RFC 8446 section 4.2.1).</param>
/// <param name="Cipher">The cipher.</param>
/// <param name="Protocol">The protocol to speak (ALPN), or an empty one.</param>
internal sealed record Agreed(int Version, TlsCipherSuite Cipher, SslApplicationProtocol Protocol)
{
    /// <summary>Adds the version and the cipher.</summary>
    public void Describe(Observation seen)
    {
        seen.Describe("tls_version", TlsNames.Version(Version));
        seen.Describe("tls_cipher", Cipher.ToString());
    }
}

/// <summary>What a handshake gave: a stream or a failure, and the certificates either way when the server got to send them.</summary>
/// <param name="Stream">Encrypted; the caller disposes it.</param>
/// <param name="Agreed">What was agreed on, if there is a stream.</param>
/// <param name="Failure">Why there is none, or what is wrong with the certificate.</param>
/// <param name="Elapsed">How long the handshake took.</param>
/// <param name="Certificates">What the server sent.</param>
/// <param name="WantsCertificate">Whether the server asked for a client certificate, which is not to say that it insists.</param>
internal readonly record struct Handshaken(Stream? Stream, Agreed? Agreed, Failure? Failure, TimeSpan Elapsed, SentCertificates? Certificates, bool WantsCertificate = false);

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
        if (Open(inner, terms, out var unusable) is not { } stream) return new(null, null, unusable, TimeSpan.Zero, null);
        try
        {
            return await AuthenticateAsync(stream, terms, policy, run);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says that nothing more comes (close_notify, RFC 8446 section 6.1), unless that would have to wait.</summary>
    public static async ValueTask FinishAsync(Handshaken handshaken, Socket socket, RunContext run)
    {
        if (handshaken.Stream is not TlsStream stream || !socket.Poll(TimeSpan.Zero, SelectMode.SelectWrite)) return;
        try
        {
            await stream.EndAsync(run.Cancellation);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer has gone since: there is nobody to tell.
            return;
        }
    }

    /// <summary>What is wrong with what a server sent; nothing where there is no policy.</summary>
    public static Failure? Judge(SentCertificates? sent, TlsTerms terms, X509ChainPolicy? policy, RunContext run) => (sent, policy) switch
    {
        (_, null) => null,
        (null, _) => Failure.Down(Reasons.CertUntrusted, "the server sent no certificate that can be read"),
        _ => sent.Judge(terms.ServerName, policy, run.Time.GetUtcNow()),
    };

    private static async ValueTask<Handshaken> AuthenticateAsync(TlsStream stream, TlsTerms terms, X509ChainPolicy? policy, RunContext run)
    {
        var start = run.Elapsed;
        var failure = await ShakeAsync(stream, terms, run);

        // Judging takes time that the server did not take.
        var elapsed = run.Elapsed - start;
        var sent = SentCertificates.Of(stream.Certificates());
        failure ??= Judge(sent, terms, policy, run);
        if (failure is null) return new(stream, stream.Agreed, null, elapsed, sent, stream.WantsCertificate);
        await stream.DisposeAsync();
        return new(null, null, failure, elapsed, sent, stream.WantsCertificate);
    }

    private static TlsStream? Open(Stream inner, TlsTerms terms, out Failure? unusable)
    {
        unusable = TlsContext.Unusable is { } why ? Failure.Unknown(Reasons.Unsupported, why) : null;
        if (unusable is not null) return null;
        try
        {
            return new(inner, new TlsSession(terms.OffersAllCiphers ? TlsContext.OfAllCiphers : TlsContext.Usual, terms.SentName, terms.Alpn));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            unusable = Failure.Unknown(Reasons.Unsupported, $"this host's OpenSSL does not begin the TLS handshake: {e.Message}");
            return null;
        }
    }

    private static async ValueTask<Failure?> ShakeAsync(TlsStream stream, TlsTerms terms, RunContext run)
    {
        try
        {
            await stream.ShakeAsync(run.Cancellation);
            return null;
        }
        catch (OperationCanceledException)
        {
            return TlsFailures.CutShort(run, stream.Heard);
        }
        catch (IOException e)
        {
            return TlsFailures.Handshake(e, stream.Heard, terms.Alpn, stream.WantsCertificate);
        }
    }
}
