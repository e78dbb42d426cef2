using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>What is known of one certificate of a chain, apart from the certificate, which the platform holds outside of managed memory.</summary>
/// <param name="Name">Whom it is for, in short.</param>
/// <param name="Issuer">Who issued it, in short.</param>
/// <param name="From">UTC; valid from here on.</param>
/// <param name="Until">UTC; valid up to and including this second (RFC 5280 section 4.1.2.5).</param>
/// <param name="Key">Its public key.</param>
/// <param name="Signature">What it is signed with.</param>
/// <param name="WeakDigest">The digest of that, if it is a weak one.</param>
/// <param name="IsSelfIssued">Whether it names itself as its issuer, as roots do.</param>
/// <param name="IsSent">Whether the server sent it.</param>
/// <param name="TellsOfIntermediate">Whether it says by itself that its issuer is no root, or where to fetch that.</param>
internal sealed record ChainLink(string Name, string Issuer, DateTime From, DateTime Until, PublicKeySize Key, string Signature, string? WeakDigest, bool IsSelfIssued, bool IsSent, bool TellsOfIntermediate)
{
    // The peer chooses names, and up to 100 KiB of them.
    private const int LongestName = 200;

    public static ChainLink Of(X509Certificate2 certificate, bool isSent) => new(
        Short(Names.Of(certificate)),
        Short(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true)),
        certificate.NotBefore.ToUniversalTime(),
        certificate.NotAfter.ToUniversalTime(),
        PublicKeySize.Of(certificate),
        SignatureDigest.Name(certificate),
        SignatureDigest.WeakOf(certificate),
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData),
        isSent,
        TellsOf(certificate));

    /// <summary>How long it is valid in all.</summary>
    public TimeSpan Lifetime => Until - From;

    /// <summary>As much of a peer's text as may be kept.</summary>
    public static string Short(string text) => text.Length <= LongestName ? text : text[..LongestName] + "…";

    private static bool TellsOf(X509Certificate2 certificate)
    {
        try
        {
            return certificate.Extensions.OfType<X509AuthorityInformationAccessExtension>().Any(access => access.EnumerateCAIssuersUris().Any())
                || certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Any(key => IsNotRoot(key, certificate.IssuerName));
        }
        catch (CryptographicException)
        {
            // The server chose the bytes; where they cannot be read they tell nothing.
            return false;
        }
    }

    // RFC 5280 section 4.2.1.1: authorityCertIssuer is the issuer's own issuer, and of a root that is the root.
    private static bool IsNotRoot(X509AuthorityKeyIdentifierExtension key, X500DistinguishedName issuer) =>
        key.NamedIssuer is { } above && !above.RawData.AsSpan().SequenceEqual(issuer.RawData);
}
