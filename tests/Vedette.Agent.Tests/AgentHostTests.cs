using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Vedette.Agent.Tests.Uplink;

namespace Vedette.Agent.Tests;

[Collection(nameof(RealTime))]
public sealed class AgentHostTests : IAsyncDisposable
{
    private readonly TestHub hub = new();
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        stop.Dispose();
    }

    [Fact]
    public async Task A_check_that_is_assigned_has_its_first_result_at_the_hub_within_a_second_or_so()
    {
        hub.Assignments = [Full(Assigned(1, FakeProbe.Check("a", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1))))];
        Start(FakeProbe.Up);
        var start = TimeProvider.System.GetTimestamp();
        await Until.True(() => hub.Results.Any(result => result.CheckKey == 1), "it has run");
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task What_cannot_be_run_says_why_once_and_the_others_run()
    {
        var good = FakeProbe.Check("a", TimeSpan.FromSeconds(1));
        hub.Assignments =
        [
            Full(
                Assigned(1, good with { Kind = "gopher" }),
                Assigned(2, good with { Target = "bad" }),
                Assigned(3, good with { Target = "throw" }),
                Assigned(4, good with { Interval = TimeSpan.Zero }),
                Assigned(5, good with { Timeout = TimeSpan.FromDays(100) }),
                Assigned(6, good with { Assertions = ["nonsense"] }),
                new AssignedCheck { Key = 7, Check = "{" },
                new AssignedCheck { Key = 8, Check = "null" },
                new AssignedCheck { Key = 9, Check = """{"id":"a","kind":null,"target":null,"every":null,"timeout":null,"assert":null}""" },
                Assigned(10, good)),
        ];
        Start(FakeProbe.Up);
        await Until.True(() => hub.Results.Count(result => result.CheckKey == 10) >= 2, "the good one runs");
        for (var key = 1; key <= 9; key++)
        {
            var refused = hub.Results.Where(result => result.CheckKey == key).ShouldHaveSingleItem();
            (refused.Status, refused.Reason).ShouldBe((Status.Unknown, Reasons.Unsupported));
            refused.Message.ShouldStartWith("agent local cannot run this check: ");
        }

        hub.Results.Single(result => result.CheckKey == 1).Message.ShouldEndWith("kind: this agent has no probe for gopher");
        hub.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_assignment_takes_away_what_it_does_not_name_and_another_only_what_it_does()
    {
        hub.Assignments = [Full([.. Enumerable.Range(1, 3).Select(Every)])];
        Start(FakeProbe.Up);
        await Until.True(() => Seen(1, 2, 3), "all three run");
        await hub.Writer!.WriteAsync(new HubFrame { Assignment = new() { Removed = { 1 }, Checks = { Every(4) } } }, CancellationToken.None);
        await Until.True(() => Seen(4), "the fourth runs");
        (await Keys()).ShouldBe([2L, 3L, 4L]);
        await hub.Writer!.WriteAsync(new HubFrame { Assignment = Full(Every(4), Every(5)) }, CancellationToken.None);
        await Until.True(() => Seen(5), "the fifth runs");
        (await Keys()).ShouldBe([4L, 5L]);

        bool Seen(params long[] keys) => keys.All(key => hub.Results.Any(result => result.CheckKey == key));
    }

    [Fact]
    public async Task What_is_left_at_a_stop_is_stored_and_runs_that_go_on_are_given_up()
    {
        var silent = FakeProbe.Check("silent", TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        hub.Assignments = [Full([.. Enumerable.Range(1, 20).Select(Every), Assigned(99, silent with { Target = "silent" })])];
        var runs = 0;
        Start(run => run.Timeout > TimeSpan.FromMinutes(1) ? FakeProbe.Silent(run) : Counted());
        await Until.True(() => hub.Results.Count > 20, "they run");
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        hub.Stored.Count.ShouldBe(Volatile.Read(ref runs));
        hub.Results.ShouldNotContain(result => result.CheckKey == 99);

        ValueTask<Observation> Counted()
        {
            Interlocked.Increment(ref runs);
            return new(new Observation().Up());
        }
    }

    [Fact]
    public async Task A_hub_that_stores_nothing_does_not_hold_up_a_stop()
    {
        hub.Acknowledges = false;
        hub.Assignments = [Full(Every(1))];
        Start(FakeProbe.Up);
        await Until.True(() => !hub.Results.IsEmpty, "it runs");
        var start = TimeProvider.System.GetTimestamp();
        await stop.CancelAsync();
        await running;
        TimeProvider.System.GetElapsedTime(start).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
    }

    private static Assignment Full(params AssignedCheck[] checks) => new() { Full = true, Checks = { checks } };

    private static AssignedCheck Every(int key) => Assigned(key, FakeProbe.Check($"c{key}", TimeSpan.FromSeconds(1)));

    private static AssignedCheck Assigned(long key, Check check) => new() { Key = key, Check = JsonSerializer.Serialize(check, ApiJson.Readable.Check) };

    // The keys that have results from now on, over more than an interval.
    private async Task<IEnumerable<long>> Keys()
    {
        var from = TimeProvider.System.GetUtcNow();
        await Until.True(() => hub.Results.Count(result => result.CheckKey == 4 && result.ScheduledAt > from) >= 2, "two intervals have gone by");
        return hub.Results.Where(result => result.ScheduledAt > from).Select(result => result.CheckKey).Distinct().Order();
    }

    private void Start(ProbeRun run)
    {
        var probe = new FakeProbe(run);
        var supervisor = new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance, loop => throw new InvalidOperationException(loop));
        running = new AgentHost("local", kind => kind == "fake" ? probe : null, hub.ConnectAsync, supervisor, TimeProvider.System, NullLoggerFactory.Instance).RunAsync(stop.Token);
    }
}
