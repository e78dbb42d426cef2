using Vedette.Probes.Dns;
using Vedette.Probes.Http;
using Vedette.Probes.Icmp;
using Vedette.Probes.Ntp;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tcp;
using Vedette.Probes.Tls;
using Vedette.Probes.Traceroute;
using Vedette.Probes.Udp;

namespace Vedette.Probes;

/// <summary>The probes of one agent, made once and sharing their resolver. A new kind is one line in each of the two lists.</summary>
public sealed class ProbeSet : IAsyncDisposable
{
    /// <summary>Every kind this program knows.</summary>
    public static readonly Catalogue Catalogue = new(
        IcmpProbe.Kind,
        TracerouteProbe.Kind,
        HttpProbe.Kind,
        DnsProbe.Kind,
        NtpProbe.Kind,
        TcpProbe.Kind,
        UdpProbe.Kind,
        TlsProbe.Kind);

    private readonly Resolver resolver;
    private readonly IProbe[] probes;

    /// <summary>Makes them.</summary>
    public ProbeSet(AddressPolicy policy)
    {
        resolver = new Resolver(policy);
        probes =
        [
            new IcmpProbe(resolver),
            new TracerouteProbe(resolver),
            new HttpProbe(resolver),
            new DnsProbe(resolver),
            new NtpProbe(resolver),
            new TcpProbe(resolver),
            new UdpProbe(resolver),
            new TlsProbe(resolver),
        ];
    }

    /// <summary>The probe of a kind, or null.</summary>
    public IProbe? Find(string kind) => Array.Find(probes, probe => probe.Descriptor.Kind == kind);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var probe in probes) await probe.DisposeAsync();
        resolver.Dispose();
    }
}
