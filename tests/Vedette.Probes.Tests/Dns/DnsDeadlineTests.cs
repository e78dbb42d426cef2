using System.Diagnostics;
using Vedette.Probes.Dns;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Dns;

/// <summary>These judge the clock on the wall: nothing else runs beside them, and what they judge has run before.</summary>
[CollectionDefinition(nameof(DnsDeadlineTests), DisableParallelization = true)]
[Collection(nameof(DnsDeadlineTests))]
public sealed class DnsDeadlineTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(600);

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly DnsPeer silent = new(DnsPeer.Silence, static (_, _, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
    private readonly DnsProbe probe;

    public DnsDeadlineTests() => probe = new DnsProbe(resolver, () => null);

    public async ValueTask InitializeAsync()
    {
        foreach (var transport in (string[])["udp", "tcp"]) await probe.RunAsync("zoo.test", silent.Set.With("transport", transport), TimeSpan.FromMilliseconds(50));
    }

    public async ValueTask DisposeAsync()
    {
        await silent.DisposeAsync();
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [InlineData("udp", 2)]
    [InlineData("tcp", 0)]
    public async Task Silence_is_a_timeout_at_the_deadline(string transport, int retries)
    {
        var clock = Stopwatch.StartNew();
        var seen = await probe.RunAsync("zoo.test", silent.Set.With("transport", transport), Limit);
        clock.Elapsed.ShouldBeLessThan(Limit * 1.15);
        (seen.Status, seen.Reason, seen.Measured("dns_retries_count")).ShouldBe((Status.Down, Reasons.Timeout, retries), seen.Message);
    }

    [Fact]
    public async Task A_flood_of_wrong_answers_ends_at_the_deadline_as_well()
    {
        await using var flooding = new DnsPeer(query => Enumerable.Repeat(Answers.To(Answers.Query("zoo.test", id: (ushort)~((query[0] << 8) | query[1])), 0), 100_000));
        var clock = Stopwatch.StartNew();
        var seen = await probe.RunAsync("zoo.test", flooding.Set, Limit);
        clock.Elapsed.ShouldBeLessThan(Limit * 1.15);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout), seen.Message);
        seen.Measured("dns_ignored_replies_count").ShouldBeGreaterThan(100);
    }
}
