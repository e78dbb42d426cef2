using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>What a TLS handshake is asked for and judged by.</summary>
/// <param name="ServerName">The name to send (unless it is an address) and to find in the certificate.</param>
/// <param name="SkipVerify">Report the certificate without judging it.</param>
/// <param name="CaFile">PEM file with the only roots to trust; null for the system's.</param>
/// <param name="Alpn">Protocols to offer, best first.</param>
internal sealed record TlsTerms(string ServerName, bool SkipVerify, string? CaFile, IReadOnlyList<SslApplicationProtocol> Alpn)
{
    /// <summary>Whether to offer what old servers speak, too, and not only the few ciphers that all have forward secrecy.</summary>
    public bool OffersAllCiphers { get; init; }

    /// <summary>What to send as server_name: RFC 6066 section 3 does not permit literal addresses there, nor a trailing dot, and wants ASCII.</summary>
    public string SentName => IPAddress.TryParse(ServerName, out _) ? "" : Ascii(ServerName.TrimEnd('.'));

    /// <summary>The terms that a check's options give.</summary>
    public static TlsTerms From(OptionValues options, string host, params IReadOnlyList<SslApplicationProtocol> alpn) => new(
        options.Text(SharedOptions.ServerName.Name) ?? host, options.Flag(SharedOptions.SkipVerify.Name), options.Text(SharedOptions.CaFile.Name), alpn);

    /// <summary>
    /// How a chain is built: from the certificates the server sent and nothing that would have to be fetched. Null with the failure when the CA
    /// file of this host cannot be used, which says nothing of the target.
    /// </summary>
    public TrustedRoots? Roots(out Failure? failure)
    {
        failure = null;
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,

            // Fetching a missing intermediate would hide a broken server and let the peer choose a URL for us to visit.
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // id-kp-serverAuth, RFC 5280 section 4.2.1.12
        if (CaFile is null) return new(policy);
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(CaFile);
            if (policy.CustomTrustStore.Count > 0) return new(policy);
            failure = Failure.Unknown(Reasons.Unsupported, $"the caFile {CaFile} holds no certificate; give a PEM file with the roots to trust");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            failure = Failure.Unknown(Reasons.Unsupported, $"the caFile {CaFile} cannot be used: {e.Message}");
        }

        return null;
    }

    private static string Ascii(string name) => System.Text.Ascii.IsValid(name) ? name : new IdnMapping().GetAscii(name);
}
