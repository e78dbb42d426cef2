using System.Security.Cryptography.X509Certificates;
using Vedette.Probes.Http;
using Vedette.Probes.Tests.Connect;

namespace Vedette.Probes.Tests.Http;

/// <summary>The probe, and a certificate for servers on loopback that it trusts when it is told to.</summary>
internal sealed class HttpsScene : IAsyncDisposable
{
    private readonly TlsScene<HttpProbe> scene = new(resolver => new HttpProbe(resolver));

    public HttpsScene() => Certificate = scene.Authority.Issue("127.0.0.1", TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(30));

    public X509Certificate2 Certificate { get; }

    public HttpProbe Probe => scene.Probe;

    public Parameters Trusting(Parameters parameters) => scene.Trusting(parameters);

    public async ValueTask DisposeAsync()
    {
        await scene.DisposeAsync();
        Certificate.Dispose();
    }
}
