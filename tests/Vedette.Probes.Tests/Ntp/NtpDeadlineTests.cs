using Vedette.Probes.Ntp;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Datagrams;

namespace Vedette.Probes.Tests.Ntp;

[Collection(nameof(Deadlines))]
public sealed class NtpDeadlineTests
{
    [Fact]
    public async Task A_silent_server_is_a_timeout_at_the_deadline()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new NtpProbe(resolver);
        await using var server = new UdpPeer(UdpPeer.Silence);
        await Deadlines.TimesOutAsync(probe, server.Target, Parameters.Empty);
    }

    [Fact]
    public async Task A_flood_of_wrong_answers_does_not_keep_a_run_beyond_its_deadline()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new NtpProbe(resolver);
        await using var server = new UdpFlood(static request => [NtpServer.Answer(request, static answer => answer[24] ^= 1)]);
        var result = await Deadlines.RunInTimeAsync(probe, server.Target, Parameters.Empty, TimeSpan.FromMilliseconds(300));
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.UnexpectedAnswer), result.Message);
        result.Measurements.TryGet("ntp_ignored_count", out var ignored).ShouldBeTrue();
        ignored.ShouldBeGreaterThan(100);
    }
}
