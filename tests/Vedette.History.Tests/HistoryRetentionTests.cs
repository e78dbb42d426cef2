using Vedette.State.Sqlite;
using Vedette.Wire;
using static Vedette.History.Tests.StoredHistory;

namespace Vedette.History.Tests;

public sealed class HistoryRetentionTests : HistoryOfTwoChecks
{
    [Fact]
    public async Task Batches_that_are_all_before_a_time_go_and_the_others_stay_whole()
    {
        for (var second = 0; second < 100; second++) await history.AppendAsync(Run(1, second), Run(2, second), Run(1, second + 0.5));
        (await DeleteBeforeAsync(60.5)).ShouldBe(60);
        history.NewestSeconds(1, 1000)[0].ShouldBe(60);
        history.NewestSeconds(2, 1000).ShouldBe(Enumerable.Range(60, 40).Select(second => (double)second));
        history.Count("history_batches").ShouldBe(40);
        (await DeleteBeforeAsync(60.5)).ShouldBe(0);
    }

    [Fact]
    public async Task A_block_goes_only_when_its_latest_result_is_old()
    {
        await history.AppendAsync(Run(1, 0), Run(1, 100));
        await history.AppendAsync(Run(1, 50));
        await history.AppendAsync(Run(1, 200));
        (await DeleteBeforeAsync(99)).ShouldBe(1);
        history.NewestSeconds(1).ShouldBe([0, 100, 200]);
        (await DeleteBeforeAsync(100)).ShouldBe(0);
        (await DeleteBeforeAsync(100.001)).ShouldBe(1);
        history.NewestSeconds(1).ShouldBe([200]);
    }

    [Fact]
    public async Task Old_results_that_came_late_go_too_and_a_clock_that_is_ahead_holds_nothing_up()
    {
        await history.AppendAsync(Run(1, 3e9, agent: "ahead"));
        await history.AppendAsync(Run(1, 10));
        await history.AppendAsync(Run(1, 500));
        await history.AppendAsync(Run(1, 11, agent: "remote"));
        await history.AppendAsync(Run(1, 501));
        (await DeleteBeforeAsync(400)).ShouldBe(2);
        history.NewestSeconds(1).ShouldBe([500, 501, 3e9]);
    }

    [Fact]
    public async Task The_newest_block_stays_so_that_numbers_only_grow()
    {
        await history.AppendAsync(Run(1, 0));
        await history.AppendAsync(Run(1, 1));
        var newest = history.Batches()[^1].Number;
        (await DeleteBeforeAsync(1e6)).ShouldBe(1);
        Excess(0).ShouldBeNull();
        await history.AppendAsync(Run(1, 2));
        history.Batches().Select(batch => batch.Number).ShouldBe([newest, newest + 1]);
    }

    [Fact]
    public async Task Compacted_blocks_go_by_age_with_the_texts_that_only_they_refer_to()
    {
        for (var second = 0; second < 10; second++) await history.AppendAsync(Large(second, 100));
        await history.CompactAsync();
        for (var second = 10_000; second < 10_010; second++) await history.AppendAsync(Large(second, 200));
        await history.CompactAsync();
        history.Count("history_texts").ShouldBe(2);
        (await DeleteBeforeAsync(8)).ShouldBe(0);
        (await DeleteBeforeAsync(8.001)).ShouldBe(1);
        history.Count("history_texts").ShouldBe(2);
        (await DeleteBeforeAsync(10_000)).ShouldBe(0);
        history.Count("history_texts").ShouldBe(1);
        history.Each(1).Select(run => run.Details?.Length).ShouldBe([102, .. Enumerable.Repeat(202, 10)]);
        await history.AppendAsync(Run(1, 20_000));
        (await DeleteBeforeAsync(18_000)).ShouldBe(2);
        history.Count("history_texts").ShouldBe(0);
        history.NewestSeconds(1).ShouldBe([20_000]);
    }

    [Fact]
    public async Task What_is_left_of_a_check_that_is_gone_goes_and_its_neighbours_keep_theirs()
    {
        for (var second = 0; second < 50; second++) await history.AppendAsync(Run(1, second), Run(2, second));
        await history.CompactAsync();
        await history.RemoveCheckAsync(2);
        history.Blocks().Select(block => block.Key).ShouldBe([1, 2]);
        await NoteGapAsync(2);
        await NoteGapAsync(1);
        await NoteGapAsync(77);
        var gone = history.Database.Read(HistoryRetention.Gone);
        gone.ShouldBe([2, 77]);
        while (await history.Database.WriteAloneAsync(connection => HistoryRetention.DeleteGone(connection, gone)) > 0) continue;
        history.Blocks().Select(block => block.Key).ShouldBe([1]);
        history.Count("history_gaps").ShouldBe(1);
        history.Database.Read(HistoryRetention.Gone).ShouldBeEmpty();
        history.NewestSeconds(1).Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_step_takes_few_blocks_and_fewer_when_they_are_large()
    {
        for (var second = 0; second < 100; second++) await history.AppendAsync(Run(1, second));
        (await StepAsync()).ShouldBeInRange(1, 64);
        while (await StepAsync() > 0) continue;

        for (var second = 100; second < 120; second++) await history.AppendAsync(Large(second, 400_000));
        (await StepAsync()).ShouldBeInRange(1, 4);

        Task<int> StepAsync() => history.Database.WriteAloneAsync(connection => HistoryRetention.DeletePieces(connection, DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task One_block_beyond_the_size_of_a_step_still_goes()
    {
        await history.AppendAsync(Large(0, 3_000_000));
        await history.AppendAsync(Run(1, 1));
        (await DeleteBeforeAsync(0.5)).ShouldBe(1);
    }

    [Fact]
    public async Task Beyond_a_size_the_oldest_go_until_it_fits()
    {
        await FillAsync(0, 10_000, size: 300);
        var half = Used() / 2;
        for (var rounds = 0; Excess(half) is { } excess; rounds++)
        {
            rounds.ShouldBeLessThan(5);
            (await history.DeleteBeforeAsync(excess)).ShouldBePositive();
        }

        Used().ShouldBeInRange(half / 10, half);
        var left = history.NewestSeconds(1, 20_000);
        left.Count.ShouldBeGreaterThan(1000);
        left.ShouldBe(Enumerable.Range(10_000 - left.Count, left.Count).Select(second => (double)second));
    }

    [Fact]
    public async Task Pages_that_became_free_are_written_again_instead_of_growing_the_file()
    {
        await FillAsync(0, 400, size: 5000);
        var pages = Pages();
        for (var round = 1; round < 5; round++)
        {
            await DeleteBeforeAsync((round * 400) - 100);
            await FillAsync(round * 400, 300, size: 5000);
        }

        Pages().ShouldBeLessThanOrEqualTo(pages * 21 / 20);
    }

    private Task<bool> NoteGapAsync(long key) => history.Database.WriteAsync(connection =>
    {
        GapTable.Add(connection, key, new Gap(Id(key), "local", Start, Start.AddSeconds(1), 2, "stopped"));
        return true;
    });

    private static Result Large(int second, int size) => Run(1, second) with { Details = $"\"{new string('x', size)}\"" };

    private Task<int> DeleteBeforeAsync(double second) => history.DeleteBeforeAsync(Start.AddSeconds(second));

    private DateTimeOffset? Excess(long bytes) => history.Database.Read(connection => HistoryRetention.Excess(connection, bytes));

    private long Used() => history.Database.Read(HistoryRetention.UsedBytes);

    private long Pages() => (long)history.Database.Read(connection => connection.Scalar("PRAGMA page_count"))!;

    private Task<bool> FillAsync(int from, int count, int size) => history.Database.WriteAsync(connection =>
    {
        for (var second = from; second < from + count; second++)
        {
            Result[] runs = [Large(second, size)];
            HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode((ulong)second + 1, runs), runs);
        }

        return true;
    });
}
