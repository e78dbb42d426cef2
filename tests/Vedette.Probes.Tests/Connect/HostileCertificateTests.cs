using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vedette.Probes.Connect;
using Vedette.Probes.Tests.Tls;

namespace Vedette.Probes.Tests.Connect;

public sealed class HostileCertificateTests
{
    [Fact]
    public void A_certificate_with_any_byte_changed_is_judged_and_never_thrown_at()
    {
        using var zoo = new CertificateZoo();
        using var roots = new TlsTerms(CertificateZoo.Name, SkipVerify: false, zoo.RootFile, []).Roots(out _).ShouldNotBeNull();
        var policy = roots.Policy;
        var good = zoo.Leaf(issuerUrl: "http://zoo.test/").RawData;
        var judged = 0;
        for (var at = 0; at < good.Length; at++)
            foreach (var change in (byte[])[0x01, 0x20, 0xFF])
            {
                byte[] bad = [.. good];
                bad[at] ^= change;
                if (Load(bad) is not { } certificate) continue;
                using var leaf = certificate;
                using var sent = SentCertificates.Of([leaf, new X509Certificate2(zoo.Intermediate)]);
                if (sent is null) continue;
                sent.Judge(CertificateZoo.Name, policy, CertificateZoo.Now).ShouldNotBeNull($"byte {at} xor {change:X2}");
                sent.Describe(new Observation());
                sent.ToDetails().ShouldNotBeEmpty();
                judged++;
            }

        judged.ShouldBeGreaterThan(good.Length / 2);
    }

    private static X509Certificate2? Load(byte[] bytes)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(bytes);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
