using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Vedette.Probes.Connect;

/// <summary>The certificates a server sent, leaf first: judged against terms, and described for a result.</summary>
internal sealed class SentCertificates : IDisposable
{
    /// <summary>The numbers that <see cref="Describe"/> gives, for the descriptors of kinds that speak TLS.</summary>
    public static readonly IReadOnlyList<Measurement> Measurements =
    [
        new("ssl_earliest_cert_expiry", "seconds", "unix time at which the first of the sent certificates expires"),
        new("ssl_last_chain_expiry_timestamp_seconds", "seconds", "unix time at which the verified chain expires"),
    ];

    // A server may send any number; a result shows so many.
    private const int MostShown = 10;

    private readonly X509Certificate2 leaf;
    private readonly X509Certificate2Collection others;
    private UsedChain? used;

    private SentCertificates(X509Certificate2 leaf, X509Certificate2Collection others) => (this.leaf, this.others) = (leaf, others);

    /// <summary>How many there are.</summary>
    public int Count => 1 + others.Count;

    /// <summary>Takes them over, the server's own first. Null when there is none, or that cannot be read; others that cannot are left out.</summary>
    public static SentCertificates? Of(IReadOnlyList<X509Certificate2> certificates)
    {
        var readable = new List<X509Certificate2>();
        foreach (var certificate in certificates)
            if (IsWanted(certificate)) readable.Add(certificate);
            else certificate.Dispose();
        return readable.Count == 0 ? null : new(readable[0], [.. readable[1..]]);

        // Without the server's own there is nothing to judge, and some servers send it twice.
        bool IsWanted(X509Certificate2 certificate) => (ReferenceEquals(certificate, certificates[0]) || (readable.Count > 0 && !certificate.Equals(readable[0]))) && IsReadable(certificate);
    }

    /// <summary>The way from the first of them to a root, at a time.</summary>
    public UsedChain Follow(X509ChainPolicy policy, DateTimeOffset now) => used = UsedChain.Follow(leaf, others, policy, now);

    /// <summary>Whether the certificate is for a name.</summary>
    public Property JudgeName(string name) => CertificateRules.Name(leaf, name);

    /// <summary>What is wrong with them for a client that wants this name and chain, or null. Validity first: it is what expires by itself.</summary>
    public Failure? Judge(string name, X509ChainPolicy policy, DateTimeOffset now)
    {
        var chain = Follow(policy, now);
        return CertificateRules.Validity(chain, now).Problem
            ?? CertificateRules.Trust(chain, policy.TrustMode == X509ChainTrustMode.CustomRootTrust).Problem
            ?? CertificateRules.Usage(chain).Problem
            ?? JudgeName(name).Problem;
    }

    /// <summary>Adds expiry, and the certificates themselves as details.</summary>
    public void Describe(Observation observation)
    {
        var earliest = others.Append(leaf).Min(certificate => certificate.NotAfter.ToUniversalTime());
        observation.Measure("ssl_earliest_cert_expiry", UnixSeconds(earliest));
        if (used is { IsTrusted: true } chain) observation.Measure("ssl_last_chain_expiry_timestamp_seconds", UnixSeconds(chain.First.Until));
    }

    /// <summary>Writes the property <c>certificates</c> of a result's details.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("certificates");
        foreach (var certificate in others.Prepend(leaf).Take(MostShown)) Write(json, certificate);
        json.WriteEndArray();
    }

    /// <summary>Frees what the platform holds for them, which a collection of garbage would otherwise do in its own time.</summary>
    public void Dispose()
    {
        leaf.Dispose();
        foreach (var certificate in others) certificate.Dispose();
    }

    /// <summary>Details that hold nothing else.</summary>
    public string ToDetails()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    // The platform reads times and names only when it is asked for them.
    private static bool IsReadable(X509Certificate2 certificate)
    {
        try
        {
            _ = (certificate.NotBefore, certificate.NotAfter, certificate.Subject, certificate.Issuer);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static void Write(Utf8JsonWriter json, X509Certificate2 certificate)
    {
        json.WriteStartObject();
        json.WriteString("subject", ChainLink.Short(certificate.Subject));
        json.WriteString("issuer", ChainLink.Short(certificate.Issuer));
        json.WriteStartArray("names");
        foreach (var name in Names.Alternative(certificate, most: 100)) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("notBefore", certificate.NotBefore.ToUniversalTime());
        json.WriteString("notAfter", certificate.NotAfter.ToUniversalTime());
        json.WriteString("serial", Convert.ToHexStringLower(certificate.SerialNumberBytes.Span));
        json.WriteString("fingerprintSha256", Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)));
        json.WriteEndObject();
    }

    private static double UnixSeconds(DateTime utc) => new DateTimeOffset(utc).ToUnixTimeSeconds();
}
