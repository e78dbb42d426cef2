using Vedette.Linux.Host;
using Vedette.Probes.Ntp;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Ntp;

public sealed class LyingServerTests : IAsyncDisposable
{
    // What is not the answer to the question.
    private static readonly Dictionary<string, Func<byte[], byte[]>> Wrong = new()
    {
        ["another origin"] = static request => NtpServer.Answer(request, static answer => answer[31] ^= 1),
        ["origin zero"] = static request => NtpServer.Answer(request, static answer => answer.AsSpan(24, 8).Clear()),
        ["47 bytes"] = static request => NtpServer.Answer(request)[..47],
        ["nothing"] = static _ => [],
        ["a tail that is none"] = static request => [.. NtpServer.Answer(request), 1, 2, 3],
        ["a client's mode"] = static request => NtpServer.Answer(request, static answer => answer[0] = 0x23),
        ["a broadcast"] = static request => NtpServer.Answer(request, static answer => answer[0] = 0x25),
        ["version 2"] = static request => NtpServer.Answer(request, static answer => answer[0] = 0x14),
        ["version 5"] = static request => NtpServer.Answer(request, static answer => answer[0] = 0x2C),
        ["T2 zero"] = static request => NtpServer.Answer(request, static answer => answer.AsSpan(32, 8).Clear()),
        ["T3 zero"] = static request => NtpServer.Answer(request, static answer => answer.AsSpan(40, 8).Clear()),
        ["a kiss of somebody else"] = static request => Spoil(NtpServer.Kiss(request, "DENY"), 24),
        ["the request itself"] = static request => request,
        ["too much"] = static request => [.. NtpServer.Answer(request), .. new byte[4000]],
    };

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly NtpProbe probe;

    public LyingServerTests() => probe = new NtpProbe(resolver, TimeSpan.FromMilliseconds(50), static () => new HostClock(IsSynchronized: true, default, default));

    public static TheoryData<string> WrongAnswers => [.. Wrong.Keys];

    /// <summary>Every answer to a request that is not the right one.</summary>
    internal static byte[][] AllWrong(byte[] request) => [.. Wrong.Values.Select(wrong => wrong(request))];

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task A_wrong_answer_is_counted_and_the_right_one_behind_it_is_heard(string name)
    {
        await using var server = NtpServer.Saying(Wrong[name], Wrong[name], static request => NtpServer.Answer(request));
        var seen = await probe.RunAsync(server.Target, Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("ntp_ignored_count").ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task Only_wrong_answers_are_no_time(string name)
    {
        await using var server = NtpServer.Saying(Wrong[name]);
        var seen = await probe.RunUntilAsync(server.Target, Parameters.Empty, server.Answered);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.UnexpectedAnswer), seen.Message);
        seen.Measured("ntp_ignored_count").ShouldBe(1);
        seen.Measurements.ShouldNotContain(m => m.Key == "ntp_offset_seconds");
    }

    [Theory]
    [InlineData(1, 0, NtpReasons.Unsynchronized)]
    [InlineData(0, 0xE4, NtpReasons.Unsynchronized)]
    [InlineData(1, 16, NtpReasons.Unsynchronized)]
    [InlineData(1, 255, NtpReasons.Unsynchronized)]
    [InlineData(4, 0xFF, Reasons.ProtocolError)]
    [InlineData(9, 20, NtpReasons.RootDistance)]
    [InlineData(5, 2, NtpReasons.RootDistance)]
    [InlineData(1, 7, NtpReasons.Stratum)]
    public async Task A_server_that_no_client_would_follow_is_down_at_once(int at, byte value, string reason)
    {
        await using var server = NtpServer.Saying(request => NtpServer.Answer(request, answer => answer[at] = value));
        var seen = await probe.RunAsync(server.Target, Parameters.Empty.With("maxStratum", "6"));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), seen.Message);
        seen.Measurements.ShouldNotContain(m => m.Key == "ntp_offset_seconds");
    }

    [Fact]
    public async Task A_server_set_in_its_own_future_is_wrong()
    {
        await using var server = NtpServer.Saying(static request => NtpServer.Answer(request, static answer => SetReference(answer, ago: -60)));
        var seen = await probe.RunAsync(server.Target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), seen.Message);
    }

    [Fact]
    public async Task A_server_that_took_longer_than_the_round_trip_is_wrong()
    {
        await using var server = NtpServer.Saying(static request => NtpServer.Answer(request, static answer => answer[42]++));
        var seen = await probe.RunAsync(server.Target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), seen.Message);
    }

    [Fact]
    public async Task A_reference_that_is_old_or_missing_is_degraded()
    {
        await using var old = NtpServer.Saying(static request => NtpServer.Answer(request, static answer => SetReference(answer, ago: 86_401)));
        var seen = await probe.RunAsync(old.Target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Degraded, NtpReasons.StaleReference), seen.Message);
        await using var none = NtpServer.Saying(static request => NtpServer.Answer(request, static answer => answer.AsSpan(16, 8).Clear()));
        seen = await probe.RunAsync(none.Target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Degraded, NtpReasons.StaleReference), seen.Message);
    }

    [Fact]
    public async Task A_server_in_the_next_era_is_far_ahead_and_nothing_else()
    {
        var ahead = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero) - TimeProvider.System.GetUtcNow();
        await using var server = NtpServer.Saying(request => NtpServer.Answer(request, ahead));
        var seen = await probe.RunAsync(server.Target, Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("ntp_offset_seconds").ShouldBe(ahead.TotalSeconds, seen.Measured("ntp_uncertainty_seconds"));
    }

    [Fact]
    public async Task Version_3_a_code_and_extension_fields_are_fine()
    {
        await using var server = NtpServer.Saying(static request => [.. NtpServer.Answer(request, static answer => answer[0] = 0x1C), 1, 4, 0, 32, .. new byte[28], .. new byte[20]]);
        (await probe.RunAsync(server.Target, Parameters.Empty)).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task Asked_for_fewer_requests_it_is_asked_no_more_for_a_while()
    {
        await using var server = NtpServer.Saying(static request => NtpServer.Kiss(request, "RATE"));
        var seen = await probe.RunAsync(server.Target, Parameters.Empty.With("samples", "4"));
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, NtpReasons.RateLimited), seen.Message);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("kiss_code", "RATE"));
        seen.Measured("ntp_stratum").ShouldBe(0);
        server.Heard.ShouldBe(1);

        var later = await probe.RunAsync(server.Target, Parameters.Empty);
        (later.Status, later.Reason).ShouldBe((Status.Unknown, NtpReasons.RateLimited), later.Message);
        server.Heard.ShouldBe(1);
    }

    [Theory]
    [InlineData("DENY")]
    [InlineData("RSTR")]
    public async Task Denied_it_is_down_and_stays_so_without_asking(string code)
    {
        await using var server = NtpServer.Saying(request => NtpServer.Kiss(request, code));
        for (var run = 0; run < 3; run++)
        {
            var seen = await probe.RunAsync(server.Target, Parameters.Empty);
            (seen.Status, seen.Reason).ShouldBe((Status.Down, NtpReasons.AccessDenied), seen.Message);
            seen.Message!.ShouldContain(code);
        }

        server.Heard.ShouldBe(1);
    }

    [Theory]
    [InlineData("INIT")]
    [InlineData("STEP")]
    [InlineData("X\0\e!")]
    [InlineData("\0\0\0\0")]
    public async Task Any_other_code_or_none_is_no_time_and_asked_again_next_time(string code)
    {
        await using var server = NtpServer.Saying(request => NtpServer.Kiss(request, code));
        for (var run = 1; run <= 2; run++)
        {
            var seen = await probe.RunAsync(server.Target, Parameters.Empty);
            (seen.Status, seen.Reason).ShouldBe((Status.Down, NtpReasons.Unsynchronized), seen.Message);
            seen.Message!.ShouldAllBe(c => !char.IsControl(c));
            server.Heard.ShouldBe(run);
        }
    }

    private static void SetReference(byte[] answer, int ago) =>
        new NtpTimestamp(NtpTimestamp.Read(answer.AsSpan(40)).Value - ((ulong)(long)ago << 32)).Write(answer.AsSpan(16));

    private static byte[] Spoil(byte[] packet, int at)
    {
        packet[at] ^= 0x80;
        return packet;
    }
}
