using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>How the way from a server's certificate to a root is judged; frees the roots that a check brought for it.</summary>
/// <param name="policy">The rules, with those roots.</param>
internal sealed class TrustedRoots(X509ChainPolicy policy) : IDisposable
{
    public X509ChainPolicy Policy => policy;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var root in policy.CustomTrustStore) root.Dispose();
    }
}
