using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>Kind and size of a public key, read from its bytes: a key of any curve or size the peer thought up is looked at, never used.</summary>
/// <param name="Algorithm">Such as <c>RSA</c>, or the object identifier of one that is not known.</param>
/// <param name="Bits">Of the modulus or the field; null where that cannot be told.</param>
internal readonly record struct PublicKeySize(string Algorithm, int? Bits)
{
    private const string P521 = "1.3.132.0.35";
    private const byte Uncompressed = 4;

    /// <summary>Reads SubjectPublicKeyInfo (RFC 3279 section 2.3, RFC 5480, RFC 8410, RFC 4055 section 1.2).</summary>
    public static PublicKeySize Of(X509Certificate2 certificate)
    {
        try
        {
            var key = certificate.PublicKey;
            return key.Oid.Value switch
            {
                "1.2.840.113549.1.1.1" or "1.2.840.113549.1.1.10" => new("RSA", Modulus(key.EncodedKeyValue.RawData)),
                "1.2.840.10045.2.1" => new("EC", Field(key)),
                "1.2.840.10040.4.1" => new("DSA", Prime(key.EncodedParameters?.RawData)),
                "1.3.101.112" => new("Ed25519", 256),
                "1.3.101.113" => new("Ed448", 456),
                var other => new(other ?? "unknown", null),
            };
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            // The server chose the bytes; where they are no key there is no size.
            return new("unreadable", null);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Bits is { } bits ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Algorithm} {bits} bits") : Algorithm;

    private static int Modulus(byte[] key) => SizeOf(new AsnReader(key, AsnEncodingRules.DER).ReadSequence().ReadIntegerBytes().Span);

    private static int? Prime(byte[]? parameters) =>
        parameters is null ? null : SizeOf(new AsnReader(parameters, AsnEncodingRules.DER).ReadSequence().ReadIntegerBytes().Span);

    // SEC 1 section 2.3.3: a point is a byte that tells its form, and one coordinate or both.
    private static int? Field(PublicKey key)
    {
        if (key.EncodedParameters is null) return null;
        var parameters = new AsnReader(key.EncodedParameters.RawData, AsnEncodingRules.DER);
        if (parameters.PeekTag() == Asn1Tag.ObjectIdentifier && parameters.ReadObjectIdentifier() == P521) return 521;
        var point = key.EncodedKeyValue.RawData;
        if (point.Length < 2) return null;
        return (point[0] == Uncompressed ? (point.Length - 1) / 2 : point.Length - 1) * 8;
    }

    private static int SizeOf(ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        return number.IsEmpty ? 0 : (number.Length * 8) - (byte.LeadingZeroCount(number[0]));
    }
}
