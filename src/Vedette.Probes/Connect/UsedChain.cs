using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>The way from a server's certificate to a trusted root, as far as it could be followed without fetching anything.</summary>
/// <param name="Links">The server's certificate first.</param>
/// <param name="Flaws">What is wrong with the way as a whole.</param>
/// <param name="Explanation">The platform's words for the first flaw that is not about time or usage.</param>
/// <param name="LacksIssuer">Whether the issuer of the last link is not to be found.</param>
/// <param name="IsOfAnotherRoot">Whether it is complete, and leads to a root that this host knows but the check does not want.</param>
internal sealed record UsedChain(IReadOnlyList<ChainLink> Links, X509ChainStatusFlags Flaws, string? Explanation, bool LacksIssuer, bool IsOfAnotherRoot)
{
    // These are judged by themselves.
    private const X509ChainStatusFlags Elsewhere = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotValidForUsage;

    /// <summary>Whether it leads to a trusted root, be it valid at this time and for this use or not.</summary>
    public bool IsTrusted => (Flaws & ~Elsewhere) == X509ChainStatusFlags.NoError;

    /// <summary>Which expires first.</summary>
    public ChainLink First => Links.MinBy(link => link.Until)!;

    /// <summary>Follows it at a time.</summary>
    public static UsedChain Follow(X509Certificate2 leaf, X509Certificate2Collection others, X509ChainPolicy policy, DateTimeOffset now)
    {
        using var chain = new X509Chain { ChainPolicy = policy.Clone() };
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        try
        {
            chain.Build(leaf);
            var flaws = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
            var explained = chain.ChainStatus.Where(status => (status.Status & ~Elsewhere) != X509ChainStatusFlags.NoError).Select(status => status.StatusInformation.Trim().TrimEnd('.')).FirstOrDefault();
            var links = chain.ChainElements.Select(element => ChainLink.Of(element.Certificate, IsAmong(element.Certificate, leaf, others))).ToList();
            var lacks = flaws.HasFlag(X509ChainStatusFlags.PartialChain) && !HasIssuer(chain.ChainElements.LastOrDefault()?.Certificate ?? leaf, others, policy.CustomTrustStore);
            var another = lacks && policy.TrustMode == X509ChainTrustMode.CustomRootTrust && LeadsToSystemRoot(leaf, others, now);
            return new(links.Count > 0 ? links : [ChainLink.Of(leaf, isSent: true)], flaws, explained, lacks, another);
        }
        catch (CryptographicException e)
        {
            // Such as a key that nobody can read: the platform gives up, and with it goes all that it had found.
            return new([ChainLink.Of(leaf, isSent: true)], X509ChainStatusFlags.NotSignatureValid, e.Message[(e.Message.LastIndexOf(':') + 1)..], LacksIssuer: false, IsOfAnotherRoot: false);
        }
        finally
        {
            foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    // X509Certificate2.Equals looks at issuer and serial number only, which a peer may repeat.
    private static bool IsAmong(X509Certificate2 certificate, X509Certificate2 leaf, X509Certificate2Collection others) =>
        others.Prepend(leaf).Any(sent => sent.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span));

    // A way can also end because the last certificate is malformed, or because its issuer has another key.
    private static bool HasIssuer(X509Certificate2 last, params ReadOnlySpan<X509Certificate2Collection> known)
    {
        foreach (var certificates in known)
            if (certificates.Any(certificate => certificate.SubjectName.RawData.AsSpan().SequenceEqual(last.IssuerName.RawData))) return true;
        return false;
    }

    private static bool LeadsToSystemRoot(X509Certificate2 leaf, X509Certificate2Collection others, DateTimeOffset now) =>
        !Follow(leaf, others, new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true }, now).LacksIssuer;
}
