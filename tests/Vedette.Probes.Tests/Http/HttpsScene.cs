using System.Security.Cryptography.X509Certificates;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Connect;

namespace Vedette.Probes.Tests.Http;

/// <summary>The probe, and a certificate for servers on loopback that it trusts when it is told to.</summary>
internal sealed class HttpsScene : IAsyncDisposable
{
    private readonly TestAuthority authority = new();
    private readonly Resolver resolver = new(ProbeRuns.Policy);

    public HttpsScene()
    {
        Certificate = authority.Issue("127.0.0.1", TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(30));
        Probe = new HttpProbe(resolver);
    }

    public X509Certificate2 Certificate { get; }

    public HttpProbe Probe { get; }

    public Parameters Trusting(Parameters parameters) => parameters.With("caFile", authority.CaFile);

    public async ValueTask DisposeAsync()
    {
        await Probe.DisposeAsync();
        resolver.Dispose();
        Certificate.Dispose();
        authority.Dispose();
    }
}
