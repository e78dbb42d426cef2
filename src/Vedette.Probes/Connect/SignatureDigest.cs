using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>What a certificate was signed with.</summary>
internal static class SignatureDigest
{
    private const string Pss = "1.2.840.113549.1.1.10";
    private const string Sha1 = "1.3.14.3.2.26";
    private const string Md5 = "1.2.840.113549.2.5";

    // RFC 3279 section 2.2, RFC 5758 section 3, and the name that OIW gave to RSA with SHA-1.
    private static readonly Dictionary<string, string> Weak = new()
    {
        ["1.2.840.113549.1.1.2"] = "MD2",
        ["1.2.840.113549.1.1.3"] = "MD4",
        ["1.2.840.113549.1.1.4"] = "MD5",
        ["1.2.840.113549.1.1.5"] = "SHA-1",
        ["1.3.14.3.2.29"] = "SHA-1",
        ["1.2.840.10040.4.3"] = "SHA-1",
        ["1.2.840.10045.4.1"] = "SHA-1",
    };

    /// <summary>The digest, if it is one for which somebody could make another certificate with the same signature; otherwise null.</summary>
    public static string? WeakOf(X509Certificate2 certificate)
    {
        var algorithm = certificate.SignatureAlgorithm.Value ?? "";
        return algorithm == Pss ? WeakInPss(certificate.RawDataMemory) : Weak.GetValueOrDefault(algorithm);
    }

    /// <summary>Its name for people.</summary>
    public static string Name(X509Certificate2 certificate) => certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value ?? "unknown";

    // RFC 4055 section 3.1: the digest is a parameter, and SHA-1 where it is left out.
    private static string? WeakInPss(ReadOnlyMemory<byte> certificate)
    {
        try
        {
            var whole = new AsnReader(certificate, AsnEncodingRules.BER).ReadSequence();
            whole.ReadEncodedValue();
            var algorithm = whole.ReadSequence();
            algorithm.ReadObjectIdentifier();
            if (!algorithm.HasData) return "SHA-1";
            var parameters = algorithm.ReadSequence();
            var first = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
            if (!parameters.HasData || parameters.PeekTag() != first) return "SHA-1";
            return parameters.ReadSequence(first).ReadSequence().ReadObjectIdentifier() switch { Sha1 => "SHA-1", Md5 => "MD5", _ => null };
        }
        catch (AsnContentException)
        {
            // Nobody could verify such a signature either, and the chain says so.
            return null;
        }
    }
}
