using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Datagrams;
using Vedette.Probes.Udp;

namespace Vedette.Probes.Tests.Udp;

[Collection(nameof(Deadlines))]
public sealed class UdpDeadlineTests
{
    private static readonly Parameters Hello = Parameters.Empty.With("send", "hello").With("expect", "hello");

    [Fact]
    public async Task A_silent_peer_is_a_timeout_at_the_deadline()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new UdpProbe(resolver);
        await using var peer = new UdpPeer(UdpPeer.Silence);
        await Deadlines.TimesOutAsync(probe, peer.Target, Hello);
    }

    [Fact]
    public async Task A_flood_of_wrong_answers_does_not_keep_a_run_beyond_its_deadline()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new UdpProbe(resolver);
        await using var peer = new UdpFlood(static _ => ["noise"u8.ToArray()]);
        var result = await Deadlines.RunInTimeAsync(probe, peer.Target, Hello, TimeSpan.FromMilliseconds(300));
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.ExpectMismatch), result.Message);
        result.Measurements.TryGet("udp_ignored_count", out var ignored).ShouldBeTrue();
        ignored.ShouldBeGreaterThan(100);
    }
}
