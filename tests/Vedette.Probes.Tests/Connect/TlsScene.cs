using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Connect;

/// <summary>A probe that speaks TLS, and an authority that it trusts when it is told to.</summary>
internal sealed class TlsScene<TProbe> : IAsyncDisposable
    where TProbe : IProbe
{
    private readonly Resolver resolver = new(ProbeRuns.Policy);

    public TlsScene(Func<Resolver, TProbe> create) => Probe = create(resolver);

    public TProbe Probe { get; }

    public TestAuthority Authority { get; } = new();

    public Parameters Trusting(Parameters parameters) => parameters.With("caFile", Authority.CaFile);

    public async ValueTask DisposeAsync()
    {
        await Probe.DisposeAsync();
        resolver.Dispose();
        Authority.Dispose();
    }
}
