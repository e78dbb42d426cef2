using Vedette.Probes.Resolve;
using Vedette.Probes.Tcp;

namespace Vedette.Probes.Tests.Tcp;

[Collection(nameof(Deadlines))]
public sealed class TcpDeadlineTests
{
    [Fact]
    public async Task A_peer_that_accepts_and_says_nothing_is_a_timeout_at_the_deadline()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new TcpProbe(resolver);
        await using var peer = new Peer(Peer.Silence);
        await Deadlines.TimesOutAsync(probe, peer.Target, Parameters.Empty.With("expect", "220 "));
    }
}
