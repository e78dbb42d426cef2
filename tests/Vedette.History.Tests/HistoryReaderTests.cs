using static Vedette.History.Tests.StoredHistory;

namespace Vedette.History.Tests;

public sealed class HistoryReaderTests : IAsyncDisposable
{
    private readonly StoredHistory history = new();

    public ValueTask DisposeAsync() => history.DisposeAsync();

    [Fact]
    public async Task What_was_kept_is_read_back_the_same()
    {
        var stored = await history.AppendAsync(
            Run(1, 0), Run(1, 1, Status.Down) with { Details = """{"a":[1,2]}""" }, Run(1, 2, Status.Unknown) with { Phases = NamedList<double>.Empty, Attributes = NamedList<string>.Empty });
        history.Newest(1).ShouldBe(stored);
    }

    [Fact]
    public async Task A_block_that_checks_share_shows_each_only_its_own()
    {
        await history.AppendAsync(Run(1, 0), Run(2, 0.5), Run(1, 1), Run(3, 1.5));
        history.NewestSeconds(1).ShouldBe([0, 1]);
        history.NewestSeconds(2).ShouldBe([0.5]);
        history.NewestSeconds(3).ShouldBe([1.5]);
        history.NewestSeconds(4).ShouldBeEmpty();
        history.Newest(2).ShouldHaveSingleItem().Check.ShouldBe(Id(2));
    }

    [Fact]
    public async Task The_newest_of_several_checks_come_at_once_wherever_they_are()
    {
        await history.AddCheckAsync("one");
        for (var second = 0; second < 100; second++) await history.AppendAsync(Run(1, second), Run(2, second));
        await history.CompactAsync();
        for (var second = 100; second < 103; second++) await history.AppendAsync(Run(1, second), Run(3, second));
        OfEach(5, 1, 2, 3, 4).ShouldBe(["98 99 100 101 102", "99", "100 101 102"]);
        OfEach(2, 3, 1).ShouldBe(["101 102", "101 102"]);

        List<string> OfEach(int most, params long[] keys) =>
            [.. history.NewestOfEach(most, keys).Select(runs => string.Join(' ', Seconds(runs)))];
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task The_last_run_of_an_agent_that_has_been_silent_for_long_is_among_the_newest(bool isCompacted, bool isOlderBlock)
    {
        await history.AddCheckAsync("one");
        await history.AppendAsync(Run(1, 0, agent: "remote"), Run(1, 1, agent: "remote"));
        for (var second = 2; second < 300; second++)
        {
            await history.AppendAsync(Run(1, second));
            if (isOlderBlock && second % 100 == 0) await history.CompactAsync();
        }

        if (isCompacted) await history.CompactAsync();
        history.Blocks().Count.ShouldBe(isOlderBlock ? 3 : isCompacted ? 1 : 0);
        Seconds(history.NewestOfEach(3, 1).ShouldHaveSingleItem()).ShouldBe([1, 297, 298, 299]);
    }

    [Fact]
    public async Task From_and_to_are_both_within()
    {
        for (var second = 0; second < 20; second += 2) await history.AppendAsync(Run(1, second), Run(1, second + 1));
        Seconds(history.Newest(1, from: Start.AddSeconds(5), to: Start.AddSeconds(9))).ShouldBe([5, 6, 7, 8, 9]);
        Seconds(history.Newest(1, from: Start.AddSeconds(18.5))).ShouldBe([19]);
        Seconds(history.Newest(1, to: Start.AddSeconds(0.5))).ShouldBe([0]);
        history.Newest(1, from: Start.AddSeconds(9), to: Start.AddSeconds(5)).ShouldBeEmpty();
        history.Newest(1, from: Start.AddSeconds(20)).ShouldBeEmpty();
        history.Newest(1, from: DateTimeOffset.MinValue, to: DateTimeOffset.MaxValue).Count.ShouldBe(20);
    }

    [Fact]
    public async Task Results_within_a_time_are_found_in_a_block_that_reaches_beyond_it_on_both_sides()
    {
        await history.AppendAsync(Run(1, 0), Run(1, 50), Run(1, 100));
        Seconds(history.Newest(1, from: Start.AddSeconds(40), to: Start.AddSeconds(60))).ShouldBe([50]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(130)]
    [InlineData(200)]
    [InlineData(500)]
    public async Task A_limit_keeps_the_newest_oldest_first_however_many_steps_it_takes(int most)
    {
        for (var second = 0; second < 200; second++) await history.AppendAsync(Run(1, second), Run(2, second));
        history.NewestSeconds(1, most).ShouldBe(Enumerable.Range(0, 200).TakeLast(most).Select(second => (double)second));
    }

    [Fact]
    public async Task A_status_is_looked_for_beyond_all_that_have_another()
    {
        await history.AppendAsync(Run(1, 0, Status.Down));
        for (var second = 1; second < 200; second++) await history.AppendAsync(Run(1, second));
        await history.AppendAsync(Run(1, 200, Status.Down), Run(1, 201));
        Seconds(history.Newest(1, status: Status.Down)).ShouldBe([0, 200]);
        Seconds(history.Newest(1, most: 1, status: Status.Down)).ShouldBe([200]);
        history.Newest(1, status: Status.Degraded).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_agent_sends_hours_later_stands_where_it_belongs()
    {
        for (var second = 0; second < 100; second++) await history.AppendAsync(Run(1, second * 3600));
        for (var second = 0; second < 100; second++) await history.AppendAsync(Run(1, (second * 3600) + 1800, agent: "remote"));
        history.NewestSeconds(1, 200).ShouldBe(Enumerable.Range(0, 200).Select(half => half * 1800.0));
        history.NewestSeconds(1, 3).ShouldBe([98 * 3600 + 1800, 99 * 3600, 99 * 3600 + 1800]);
    }

    [Fact]
    public async Task A_limit_is_right_for_blocks_in_any_order_that_overlap()
    {
        var random = new Random(20260101);
        var slots = Enumerable.Range(0, 600).ToArray();
        random.Shuffle(slots);
        foreach (var block in slots.Chunk(5)) await history.AppendAsync([.. block.Select(second => Run(1, second))]);
        foreach (var most in new[] { 1, 2, 7, 63, 64, 65, 300, 600, 601 })
            history.NewestSeconds(1, most).ShouldBe(Enumerable.Range(0, 600).TakeLast(most).Select(second => (double)second), $"limit {most}");
        Seconds(history.Newest(1, most: 10, from: Start.AddSeconds(100), to: Start.AddSeconds(200))).ShouldBe(Enumerable.Range(191, 10).Select(second => (double)second));
    }

    [Fact]
    public async Task Agents_that_ran_in_the_same_slot_stand_in_the_order_they_began()
    {
        await history.AppendAsync(Run(1, 0, agent: "late") with { StartedAt = Start.AddMilliseconds(9) });
        await history.AppendAsync(Run(1, 0, agent: "early") with { StartedAt = Start.AddMilliseconds(3) });
        await history.AppendAsync(Run(1, 0, agent: "a") with { StartedAt = Start.AddMilliseconds(9) });
        history.Newest(1).Select(run => run.Agent).ShouldBe(["early", "a", "late"]);
        history.Newest(1, most: 2).Select(run => run.Agent).ShouldBe(["a", "late"]);
    }

    [Fact]
    public async Task The_same_id_in_a_new_life_never_shows_results_of_the_old_one()
    {
        var first = await history.AddCheckAsync("web");
        await history.AppendAsync(Run(first, 0));
        await history.RemoveCheckAsync(first);
        var second = await history.AddCheckAsync("web");
        history.Newest(second).ShouldBeEmpty();
        await history.AppendAsync(Run(second, 1));
        history.NewestSeconds(second).ShouldBe([1]);
    }

    [Fact]
    public async Task Followers_get_batches_in_the_order_they_came_and_know_where_they_are()
    {
        for (var second = 5; second > 0; second--) await history.AppendAsync(Run(1, second));
        var first = history.Database.Read(connection => HistoryReader.After(connection, 0, 2));
        first.SelectMany(batch => batch.Results(Id)!).Select(run => (run.ScheduledAt - Start).TotalSeconds).ShouldBe([5, 4]);
        var rest = history.Batches(after: first[^1].Number);
        rest.SelectMany(batch => batch.Results(Id)!).Select(run => (run.ScheduledAt - Start).TotalSeconds).ShouldBe([3, 2, 1]);
        history.Batches(after: rest[^1].Number).ShouldBeEmpty();
    }

    [Fact]
    public async Task Readers_see_whole_blocks_of_the_past_while_one_writes()
    {
        using var over = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            var seen = 0;
            do
            {
                var runs = history.NewestSeconds(1, 1000);
                runs.Count.ShouldBeGreaterThanOrEqualTo(seen);
                (runs.Count % 2).ShouldBe(0);
                runs.ShouldBe(Enumerable.Range(0, runs.Count).Select(second => (double)second));
                seen = runs.Count;
            }
            while (!over.IsCancellationRequested);
        });
        for (var second = 0; second < 400; second += 2) await history.AppendAsync(Run(1, second), Run(1, second + 1));
        await over.CancelAsync();
        await reading;
        history.NewestSeconds(1, 1000).Count.ShouldBe(400);
    }

    private static IEnumerable<double> Seconds(IEnumerable<Result> runs) => runs.Select(run => (run.ScheduledAt - Start).TotalSeconds);
}
