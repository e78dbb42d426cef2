using System.Diagnostics;
using Vedette.Probes.Dns;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Dns;

[Collection(nameof(Deadlines))]
public sealed class DnsDeadlineTests : IAsyncDisposable
{
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly DnsProbe probe;

    public DnsDeadlineTests() => probe = new DnsProbe(resolver, () => null);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [InlineData("udp", 2)]
    [InlineData("tcp", 0)]
    public async Task Silence_is_a_timeout_at_the_deadline(string transport, int retries)
    {
        await using var silent = new DnsPeer(DnsPeer.Silence, static (_, _, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        var result = await Deadlines.TimesOutAsync(probe, "zoo.test", silent.Set.With("transport", transport));
        result.Measurements.ShouldContain(new KeyValuePair<string, double>("dns_retries_count", retries));
    }

    [Fact]
    public async Task A_flood_of_wrong_answers_ends_at_the_deadline_as_well()
    {
        await using var flooding = new DnsPeer(query => Enumerable.Repeat(Answers.To(Answers.Query("zoo.test", id: (ushort)~((query[0] << 8) | query[1])), 0), 3_000));
        await using (var silent = new DnsPeer(DnsPeer.Silence)) await probe.RunAsync("zoo.test", silent.Set, TimeSpan.FromMilliseconds(50));
        var limit = TimeSpan.FromMilliseconds(600);
        var clock = Stopwatch.StartNew();
        // Not through the runner, which says rightly of a process that floods itself that it was late.
        var seen = await probe.RunAsync("zoo.test", flooding.Set, limit);
        clock.Elapsed.ShouldBeLessThan(limit * 1.15);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout), seen.Message);
        seen.Measured("dns_ignored_replies_count").ShouldBeGreaterThan(100);
    }
}
