using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Vedette.Probes.Connect;

/// <summary>The certificates a server sent, leaf first: judged against terms, and described for a result.</summary>
internal sealed class SentCertificates
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
    private DateTime? verifiedUntil;

    private SentCertificates(X509Certificate2 leaf, X509Certificate2Collection others) => (this.leaf, this.others) = (leaf, others);

    /// <summary>Copies them, because the handshake disposes its own.</summary>
    public static SentCertificates Copy(X509Certificate2 leaf, X509Certificate2Collection? sent)
    {
        var rest = new X509Certificate2Collection();
        foreach (var certificate in sent ?? [])
            if (!certificate.Equals(leaf)) rest.Add(X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span));
        return new(X509CertificateLoader.LoadCertificate(leaf.RawDataMemory.Span), rest);
    }

    /// <summary>What is wrong with them for a client that wants this name and chain, or null. Validity first: it is what expires by itself.</summary>
    public Failure? Judge(string name, X509ChainPolicy policy, DateTimeOffset now)
    {
        var (from, until) = (leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime());
        if (now.UtcDateTime > until) return Failure.Down(Reasons.CertExpired, $"the certificate for {Subject()} expired on {until:yyyy-MM-dd HH:mm} UTC");
        if (now.UtcDateTime < from) return Failure.Down(Reasons.CertNotYetValid, $"the certificate for {Subject()} is not valid before {from:yyyy-MM-dd HH:mm} UTC");
        return JudgeChain(policy, now) ?? JudgeName(name);
    }

    /// <summary>Adds expiry, and the certificates themselves as details.</summary>
    public void Describe(Observation observation)
    {
        var earliest = others.Append(leaf).Min(certificate => certificate.NotAfter.ToUniversalTime());
        observation.Measure("ssl_earliest_cert_expiry", UnixSeconds(earliest));
        if (verifiedUntil is { } until) observation.Measure("ssl_last_chain_expiry_timestamp_seconds", UnixSeconds(until));
    }

    /// <summary>Writes the property <c>certificates</c> of a result's details.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray("certificates");
        foreach (var certificate in others.Prepend(leaf).Take(MostShown)) Write(json, certificate);
        json.WriteEndArray();
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

    private Failure? JudgeChain(X509ChainPolicy policy, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = policy };
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        if (chain.Build(leaf))
        {
            verifiedUntil = chain.ChainElements.Min(element => element.Certificate.NotAfter.ToUniversalTime());
            return null;
        }

        var problem = chain.ChainStatus[0];
        var expired = chain.ChainElements.FirstOrDefault(element => element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid));
        return expired is not null
            ? Failure.Down(Reasons.CertExpired, $"the chain holds {expired.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}, which is not valid now")
            : Failure.Down(Reasons.CertUntrusted, $"the certificate for {Subject()} is not trusted: {problem.StatusInformation.Trim().TrimEnd('.')}");
    }

    // RFC 9525 section 6: only subjectAltName counts, never the common name; an address needs an iPAddress entry.
    private Failure? JudgeName(string name)
    {
        var bare = IPAddress.TryParse(name, out _) ? name : name.TrimEnd('.');
        try
        {
            if (leaf.MatchesHostname(bare, allowWildcards: true, allowCommonName: false)) return null;
        }
        catch (CryptographicException)
        {
            return Failure.Down(Reasons.CertWrongName, $"the names in the certificate cannot be read, so it is not for {bare}");
        }

        var names = AlternativeNames(leaf);
        return Failure.Down(Reasons.CertWrongName, $"the certificate is for {(names.Count == 0 ? "nobody" : string.Join(", ", names.Take(5)))}, not for {bare}");
    }

    private string Subject() => AlternativeNames(leaf).FirstOrDefault() ?? leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    private static void Write(Utf8JsonWriter json, X509Certificate2 certificate)
    {
        json.WriteStartObject();
        json.WriteString("subject", certificate.Subject);
        json.WriteString("issuer", certificate.Issuer);
        json.WriteStartArray("names");
        foreach (var name in AlternativeNames(certificate).Take(100)) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("notBefore", certificate.NotBefore.ToUniversalTime());
        json.WriteString("notAfter", certificate.NotAfter.ToUniversalTime());
        json.WriteString("serial", Convert.ToHexStringLower(certificate.SerialNumberBytes.Span));
        json.WriteString("fingerprintSha256", Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)));
        json.WriteEndObject();
    }

    private static List<string> AlternativeNames(X509Certificate2 certificate)
    {
        try
        {
            return
            [
                .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                    .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))),
            ];
        }
        catch (CryptographicException)
        {
            // The server chose the bytes; where they are no names there are none to show.
            return [];
        }
    }

    private static double UnixSeconds(DateTime utc) => new DateTimeOffset(utc).ToUnixTimeSeconds();
}
