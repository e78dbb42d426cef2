using Vedette.Probes.Ntp;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Datagrams;

namespace Vedette.Probes.Tests.Ntp;

[Collection(nameof(Deadlines))]
public sealed class NtpMemoryTests
{
    [Fact]
    public async Task A_flood_of_wrong_and_foreign_answers_fills_nothing()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new NtpProbe(resolver);
        await using var server = new UdpFlood(LyingServerTests.AllWrong);
        var seen = await RunMemory.StaysWithinAsync(() => probe.RunAsync(server.Target, Parameters.Empty, TimeSpan.FromMilliseconds(300)));
        seen.Reason.ShouldBe(Reasons.UnexpectedAnswer, seen.Message);
        seen.Measured("ntp_ignored_count").ShouldBeGreaterThan(100);
    }
}
