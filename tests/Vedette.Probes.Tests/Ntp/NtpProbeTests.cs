using Vedette.Linux.Host;
using Vedette.Probes.Ntp;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Datagrams;

namespace Vedette.Probes.Tests.Ntp;

public sealed class NtpProbeTests : IAsyncDisposable
{
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(500);
    private static readonly HostClock Synced = new(IsSynchronized: true, TimeSpan.FromMilliseconds(3), TimeSpan.Zero);
    private static readonly HostClock Unsynced = new(IsSynchronized: false, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(16));

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly NtpProbe probe;
    private HostClock? clock = Synced;

    public NtpProbeTests() => probe = new NtpProbe(resolver, Spacing, () => clock);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1", "192.0.2.7")]
    [InlineData("::1", "c0000207")]
    public async Task A_good_server_is_up_and_says_all_it_knows(string host, string reference)
    {
        await using var server = new UdpPeer(static request => [NtpServer.Answer(request)], host);
        var seen = await probe.RunAsync(server.Target, Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "rtt"]);

        // Both clocks are the same one, so all of the offset is doubt.
        Math.Abs(seen.Measured("ntp_offset_seconds")).ShouldBeLessThanOrEqualTo((seen.Measured("ntp_rtt_seconds") / 2) + 1e-6);
        seen.Measured("ntp_uncertainty_seconds").ShouldBe((seen.Measured("ntp_rtt_seconds") / 2) + 0.010, tolerance: 1e-4);
        (seen.Measured("ntp_stratum"), seen.Measured("ntp_leap")).ShouldBe((2, 0));
        seen.Measured("ntp_root_delay_seconds").ShouldBe(0.010, tolerance: 1e-4);
        seen.Measured("ntp_root_dispersion_seconds").ShouldBe(0.005, tolerance: 1e-4);
        seen.Measured("ntp_reference_age_seconds").ShouldBe(30, tolerance: 1e-3);
        seen.Measured("ntp_ignored_count").ShouldBe(0);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("reference_id", reference));
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("clock", "synced"));
    }

    [Theory]
    [InlineData(3.5)]
    [InlineData(-3.5)]
    [InlineData(1_000_000_000)]
    [InlineData(-1_000_000_000)]
    public async Task The_offset_is_how_far_the_clock_here_is_behind(double ahead)
    {
        await using var server = new UdpPeer(request => [NtpServer.Answer(request, TimeSpan.FromSeconds(ahead))]);
        var seen = await probe.RunAsync(server.Target, Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("ntp_offset_seconds").ShouldBe(ahead, tolerance: seen.Measured("ntp_rtt_seconds"));
    }

    [Fact]
    public async Task An_offset_beyond_doubt_is_down_and_one_within_it_is_not()
    {
        await using var server = new UdpPeer(static request => [NtpServer.Answer(request, TimeSpan.FromSeconds(-60))]);
        var down = await probe.RunAsync(server.Target, Parameters.Empty.With("maxOffset", "59s"));
        (down.Status, down.Reason).ShouldBe((Status.Down, NtpReasons.Offset), down.Message);
        down.Message!.ShouldContain("60.00 s ahead of the server");
        (await probe.RunAsync(server.Target, Parameters.Empty.With("maxOffset", "60s"))).Status.ShouldBe(Status.Up);
        (await probe.RunAsync(server.Target, Parameters.Empty.With("maxOffset", "59999ms"))).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task The_doubt_of_the_server_itself_counts()
    {
        await using var server = new UdpPeer(static request =>
        {
            var answer = NtpServer.Answer(request, TimeSpan.FromMilliseconds(600));
            NtpServer.Short(0.9).CopyTo(answer, 8);
            return [answer];
        });
        (await probe.RunAsync(server.Target, Parameters.Empty.With("maxOffset", "1ms"))).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task Of_a_clock_that_nothing_keeps_a_failed_limit_says_nothing_and_all_else_does()
    {
        clock = Unsynced;
        await using var server = new UdpPeer(static request => [NtpServer.Answer(request, TimeSpan.FromSeconds(60))]);
        var unknown = await probe.RunAsync(server.Target, Parameters.Empty.With("maxOffset", "1s"));
        (unknown.Status, unknown.Reason).ShouldBe((Status.Unknown, Reasons.ClockUnsynced));
        unknown.Attributes.ShouldContain(new KeyValuePair<string, string>("clock", "unsynced"));
        (await probe.RunAsync(server.Target, Parameters.Empty.With("maxOffset", "61s"))).Status.ShouldBe(Status.Up);
        (await probe.RunAsync(server.Target, Parameters.Empty)).Status.ShouldBe(Status.Up);
        (await probe.RunAsync(server.Target, Parameters.Empty.With("maxStratum", "1"))).Reason.ShouldBe(NtpReasons.Stratum);
    }

    [Fact]
    public async Task Of_several_samples_the_one_that_came_soonest_counts_and_a_lost_one_is_only_counted()
    {
        var asked = 0;
        await using var server = new UdpPeer(request => Interlocked.Increment(ref asked) switch
        {
            2 => [],
            3 => [NtpServer.Answer(request, TimeSpan.FromSeconds(5))],
            _ => [Coarse(NtpServer.Answer(request, TimeSpan.FromSeconds(7)))],
        });
        var seen = await probe.RunAsync(server.Target, Parameters.Empty.With("samples", "4"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        (seen.Measured("ntp_samples_sent_count"), seen.Measured("ntp_samples_received_count")).ShouldBe((4, 3));
        seen.Measured("ntp_offset_seconds").ShouldBe(5, tolerance: 0.1);
    }

    [Fact]
    public async Task A_second_answer_to_a_question_is_none_to_the_next()
    {
        await using var server = new UdpPeer(static request => [NtpServer.Answer(request), NtpServer.Answer(request, TimeSpan.FromSeconds(9))]);
        var seen = await probe.RunAsync(server.Target, Parameters.Empty.With("samples", "3"));
        seen.Measured("ntp_samples_received_count").ShouldBe(3);
        Math.Abs(seen.Measured("ntp_offset_seconds")).ShouldBeLessThan(1);
    }

    [Fact]
    public async Task More_samples_than_the_timeout_has_room_for_are_refused()
    {
        var seen = await probe.RunAsync("127.0.0.1", Parameters.Empty.With("samples", "8"), Spacing * 7);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.Unsupported));
    }

    [Fact]
    public async Task Nobody_there_is_closed_and_said_by_whom()
    {
        var seen = await probe.RunAsync(UdpPeer.Nobody(), Parameters.Empty.With("samples", "3"));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Closed), seen.Message);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("reported_by", "127.0.0.1"));
        seen.Measured("ntp_samples_sent_count").ShouldBe(1);
    }

    [Theory]
    [InlineData("pool.example.org", true)]
    [InlineData("pool.example.org:1123", true)]
    [InlineData("192.0.2.1", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("[2001:db8::1]:1123", true)]
    [InlineData("pool.example.org:0", false)]
    [InlineData("ntp://pool.example.org", false)]
    [InlineData("pool.example.org:ntp", false)]
    [InlineData("", false)]
    public void A_target_is_a_host_with_or_without_a_port(string target, bool good) => (NtpProbe.Kind.RefuseTarget(target) is null).ShouldBe(good);

    // A round trip is never shorter than the server's clock can tell: 1/8 s for this one.
    private static byte[] Coarse(byte[] answer)
    {
        answer[3] = unchecked((byte)-3);
        return answer;
    }
}
