using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vedette.Linux.OpenSsl;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tls;

/// <summary>One handshake within this process and a judgement of its certificate: loading OpenSSL, the roots and the code takes some 200 ms the first time.</summary>
internal static class TlsRehearsal
{
    /// <summary>Plays both sides of it.</summary>
    public static async Task PlayAsync(Stream ours, Stream theirs, RunContext run)
    {
        if (TlsContext.Unusable is not null) return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=rehearsal.invalid", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        await using var server = new SslStream(theirs, leaveInnerStreamOpen: true);
        var serving = server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, run.Cancellation);
        var terms = new TlsTerms("rehearsal.invalid", SkipVerify: false, CaFile: null, []) { OffersAllCiphers = true };
        using var roots = terms.Roots(out _);
        var shaken = await TlsHandshake.AuthenticateAsync(ours, terms, roots?.Policy, run);
        shaken.Certificates?.Dispose();
        if (shaken.Stream is not null) await shaken.Stream.DisposeAsync();
        await serving;
    }
}
