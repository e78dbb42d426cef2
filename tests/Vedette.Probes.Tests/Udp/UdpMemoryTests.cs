using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Datagrams;
using Vedette.Probes.Udp;

namespace Vedette.Probes.Tests.Udp;

[Collection(nameof(Deadlines))]
public sealed class UdpMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(65_507)]
    public async Task A_flood_of_wrong_and_foreign_answers_fills_nothing(int size)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new UdpProbe(resolver);
        await using var peer = new UdpFlood(_ => [new byte[size]]);
        var seen = await RunMemory.StaysWithinAsync(() => probe.RunAsync(peer.Target, Parameters.Empty.With("send", "hello").With("expect", "hello"), TimeSpan.FromMilliseconds(300)));
        seen.Reason.ShouldBe(Reasons.ExpectMismatch, seen.Message);
        seen.Measured("udp_ignored_count").ShouldBeGreaterThan(10);
    }
}
