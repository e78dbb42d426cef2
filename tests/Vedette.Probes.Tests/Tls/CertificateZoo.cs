using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Tests.Tls;

/// <summary>Certificates of every kind of wrong: a root in a file, an intermediate, and leaves as a test wants them.</summary>
internal sealed class CertificateZoo : IDisposable
{
    public const string Name = "zoo.test";
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private readonly List<IDisposable> owned = [];

    public CertificateZoo()
    {
        Root = Authority("Zoo root", null, TimeSpan.FromDays(3650));
        Intermediate = Authority("Zoo intermediate", Root, TimeSpan.FromDays(1000));
        RootFile = FileOf(Root);
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>Holds the root alone.</summary>
    public string RootFile { get; }

    public string FileOf(params X509Certificate2[] certificates)
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())));
        owned.Add(new TemporaryFile(path));
        return path;
    }

    public X509Certificate2 Authority(string name, X509Certificate2? issuer, TimeSpan left)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var (from, until) = (Now.AddDays(-30), Now + left);
        if (issuer is null) return Keep(request.CreateSelfSigned(from, until));
        using var bare = request.Create(issuer.SubjectName, Signer(issuer), from, until, RandomNumberGenerator.GetBytes(8));
        return Keep(bare.CopyWithPrivateKey(key));
    }

    /// <summary>An authority that still signs with RSA, whose key and signature are as asked for.</summary>
    public X509Certificate2 OldAuthority(int bits = 2048)
    {
        using var key = RSA.Create(bits);
        var request = new CertificateRequest("CN=Old authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var bare = request.Create(Root.SubjectName, Signer(Root), Now.AddDays(-30), Now.AddDays(1000), RandomNumberGenerator.GetBytes(8));
        return Keep(bare.CopyWithPrivateKey(key));
    }

    /// <summary>A leaf of the intermediate with an elliptic key.</summary>
    public X509Certificate2 Leaf(double age = 1, double left = 89, string name = Name, string usage = ServerAuth, X509Certificate2? issuer = null, bool sha1 = false, string? issuerUrl = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        Extend(request, name, usage, issuerUrl);
        var signer = issuer ?? Intermediate;
        using var bare = request.Create(signer.SubjectName, sha1 ? new Sha1Signer(signer.GetRSAPrivateKey()!) : Signer(signer), Now.AddDays(-age), Now.AddDays(left), RandomNumberGenerator.GetBytes(8));
        using var withKey = bare.CopyWithPrivateKey(key);
        return Keep(X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }

    /// <summary>Signed by its own key and until the end of time (RFC 5280 section 4.1.2.5).</summary>
    public X509Certificate2 SelfSigned(DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        Extend(request, Name, ServerAuth, null);
        using var made = request.CreateSelfSigned(Now.AddDays(-1), until ?? Now.AddDays(89));
        return Keep(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null));
    }

    public void Dispose() => owned.ForEach(one => one.Dispose());

    private static X509SignatureGenerator Signer(X509Certificate2 issuer) => issuer.GetRSAPrivateKey() is { } old
        ? X509SignatureGenerator.CreateForRSA(old, RSASignaturePadding.Pkcs1)
        : X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!);

    private static void Extend(CertificateRequest request, string name, string usage, string? issuerUrl)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (System.Net.IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (issuerUrl is not null) request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [issuerUrl]));
    }

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        owned.Add(certificate);
        return certificate;
    }

    // The framework no longer makes such signatures by itself.
    private sealed class Sha1Signer(RSA key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) => Convert.FromHexString("300D06092A864886F70D0101050500");

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => throw new NotSupportedException();
    }

    private sealed class TemporaryFile(string path) : IDisposable
    {
        public void Dispose() => File.Delete(path);
    }
}
