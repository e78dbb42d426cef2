using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Tests.Connect;

/// <summary>A certificate authority of the test's own, with its root in a file.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly X509Certificate2 root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        root = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
        CaFile = Path.GetTempFileName();
        File.WriteAllText(CaFile, root.ExportCertificatePem());
    }

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string CaFile { get; }

    public X509Certificate2 Issue(string name, DateTimeOffset from, DateTimeOffset until)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address)) names.AddIpAddress(address);
        else names.AddDnsName(name);
        return Issue(name, names.Build(), from, until);
    }

    public X509Certificate2 Issue(string subject, X509Extension names, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names);
        using var issued = request.Create(root, from, until, RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose()
    {
        root.Dispose();
        File.Delete(CaFile);
    }
}
