using Vedette.State.Sqlite;
using static Vedette.History.Tests.StoredHistory;

namespace Vedette.History.Tests;

/// <summary>Pages of the database that the disk gives back as others: who needs them hears of it, and nobody else notices.</summary>
public sealed class DamagedPagesTests : HistoryOfTwoChecks
{
    private const int Large = 30_000;

    [Fact]
    public async Task A_batch_that_cannot_be_read_stops_neither_a_start_nor_compaction()
    {
        for (var second = 0; second < 5; second++) await history.AppendAsync(Run(1, second) with { Details = Text(second, Large) });
        await history.BreakAsync("history_batches", "batch", 3);
        history.NewestSeconds(1).ShouldBe([0, 1, 3, 4]);
        history.NewestOfEach(60, 1).ShouldHaveSingleItem().Count.ShouldBe(4);
        history.Damage.Select(damage => damage.Piece).ShouldBe(["batch 3", "batch 3"]);
        (await history.CompactAsync()).ShouldBeTrue();
        history.NewestSeconds(1).ShouldBe([0, 1, 3, 4]);
        history.Blocks().ShouldBe([(1, 3, 0)]);

        await history.AppendAsync(Run(1, 5));
        (await history.CompactAsync()).ShouldBeTrue();
        (await history.CompactAsync()).ShouldBeFalse();
        history.NewestSeconds(1).ShouldBe([0, 1, 3, 4, 5]);
        history.Database.Read(Compactor.Waiting).ShouldBe(1);

        (await history.DeleteBeforeAsync(DateTimeOffset.MaxValue)).ShouldBe(2);
        history.Database.Read(connection => HistoryRetention.Excess(connection, 0)).ShouldBeNull();
        history.Count("history_batches").ShouldBe(2);
    }

    [Fact]
    public async Task A_block_that_cannot_be_read_stops_no_merge()
    {
        var broken = 0L;
        for (var run = 0; run < 9; run++)
        {
            await history.AppendAsync(Run(1, run) with { Details = Text(run, Large) });
            await history.AppendAsync(Run(2, run));
            await history.CompactAsync();
            if (run != 3) continue;
            broken = (long)history.Database.Read(connection => connection.Scalar("SELECT max(block) FROM history_blocks WHERE check_key = 1"))!;
            await history.BreakAsync("history_blocks", "data", broken);
        }

        history.NewestSeconds(1).ShouldBe([0, 1, 2, 4, 5, 6, 7, 8]);
        history.NewestSeconds(2).Count.ShouldBe(9);
        history.Damage.Select(damage => damage.Piece).Distinct().ShouldBe([$"block {broken}"]);
    }

    [Fact]
    public async Task A_text_that_cannot_be_read_is_told_and_new_results_keep_theirs()
    {
        var details = Text(0, Large);
        for (var second = 0; second < 3; second++) await history.AppendAsync(Run(1, second) with { Details = details });
        await history.CompactAsync();
        await history.BreakAsync("history_texts", "text", 1);
        history.Each(1).Select(run => run.Details).ShouldBe([null, null, details]);
        history.Damage.ShouldHaveSingleItem().Piece.ShouldBe("text 1");

        for (var second = 3; second < 6; second++) await history.AppendAsync(Run(1, second) with { Details = details });
        (await history.CompactAsync()).ShouldBeTrue();
        history.Each(1).Select(run => run.Details).ShouldBe([null, null, details, details, details, details]);
    }

    [Fact]
    public async Task A_text_that_has_changed_is_replaced_by_the_next_that_comes()
    {
        var details = Text(0, 1000);
        for (var second = 0; second < 3; second++) await history.AppendAsync(Run(1, second) with { Details = details });
        await history.CompactAsync();
        await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_texts SET text = 'something else'"));
        for (var second = 3; second < 6; second++) await history.AppendAsync(Run(1, second) with { Details = details });
        await history.CompactAsync();
        history.Count("history_texts").ShouldBe(1);
        history.Each(1).ShouldAllBe(run => run.Details == details);
    }

    [Fact]
    public async Task A_block_without_one_of_its_texts_is_never_written_anew()
    {
        var details = Text(0, 1000);
        for (var run = 0; run < 10; run++)
        {
            for (var i = 0; i < 3; i++) await history.AppendAsync(Run(1, (run * 3) + i) with { Details = run == 1 ? details : null });
            await history.CompactAsync();
            if (run == 2) await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_texts SET text = 'something else'"));
        }

        history.Blocks().Select(block => block.Results).ShouldContain(3);
        history.Each(1).Count.ShouldBe(30);
        history.Each(1).Count(run => run.Details is not null).ShouldBe(1);
        history.Damage.ShouldContain(damage => damage.Piece == "text 1");

        // From a backup, or by hand.
        await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_texts SET text = $1", details));
        history.Each(1).Count(run => run.Details == details).ShouldBe(3);
    }

    [Fact]
    public async Task A_text_that_is_gone_is_told_as_long_as_its_block_is_there()
    {
        for (var second = 0; second < 3; second++) await history.AppendAsync(Run(1, second) with { Details = Text(0, 1000) });
        await history.CompactAsync();
        await history.Database.WriteAsync(connection => connection.Execute("DELETE FROM history_texts"));
        history.Each(1).Count.ShouldBe(3);
        history.Damage.ShouldHaveSingleItem().Problem.ShouldBe("it is not there");
    }

    [Theory]
    [InlineData("history_batches", "leaf", false)]
    [InlineData("history_batches", "leaf", true)]
    [InlineData("history_batches", "internal", false)]
    [InlineData("history_batches_last_at", "leaf", false)]
    [InlineData("history_batches_last_at", "leaf", true)]
    [InlineData("history_batches_last_at", "internal", false)]
    public async Task A_start_saves_every_batch_that_can_be_read_and_everything_goes_on_without_the_others(string name, string type, bool isLast)
    {
        const int Batches = 1500;
        await Task.WhenAll(Enumerable.Range(0, Batches).Select(second => history.AppendAsync(Run(1, second))));
        await history.BreakPagesAsync((name, type, isLast ? ^1 : 0));

        var loss = history.Database.Loss.ShouldNotBeNull();
        var lost = (name, type) switch
        {
            ("history_batches", "leaf") => loss.Lost.Count,
            ("history_batches", _) => Batches,
            _ => 0,
        };
        if (type == "leaf" && lost > 0) lost.ShouldBeInRange(2, 40);
        loss.Kept.ShouldBe(Batches - lost);
        loss.Lost.ShouldBe(Enumerable.Range(isLast ? Batches - lost + 1 : 1, lost).Select(number => (long)number));
        var left = Enumerable.Range(isLast ? 0 : lost, Batches - lost).Select(second => (double)second).ToList();
        history.NewestSeconds(1, Batches).ShouldBe(left);
        history.NewestOfEach(60, 1).Sum(results => results.Count).ShouldBe(Math.Min(60, left.Count));

        (loss.IsAll, loss.Problem).ShouldBe((true, null));

        // A number that was given is not given again, nor after another start, which finds nothing to mend.
        await history.BreakPagesAsync();
        history.Database.Loss.ShouldBeNull();
        for (var second = Batches; second < Batches + 2; second++) await history.AppendAsync(Run(1, second));
        history.Batches()[^1].Number.ShouldBe(Batches + 2);
        history.Database.Read(Compactor.Waiting).ShouldBe(left.Count + 2);
        history.Reader.Verify(CancellationToken.None).ShouldBe(left.Count + 2);
        (await history.CompactAsync()).ShouldBeTrue();
        history.Batches().ShouldHaveSingleItem();
        history.NewestSeconds(1, Batches + 2).ShouldBe([.. left, Batches, Batches + 1]);
        history.Damage.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_is_deleted_because_of_its_size_beside_pages_that_nothing_uses_and_a_copy_has_none()
    {
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(second => history.AppendAsync(Run(1, second))));
        history.Database.Read(connection => HistoryRetention.Excess(connection, 1)).ShouldNotBeNull();
        await history.BreakPagesAsync(("history_batches", "leaf", 3));
        history.Database.Read(HistoryRetention.UsedBytes).ShouldBeGreaterThan(1);
        history.Database.Read(connection => HistoryRetention.Excess(connection, 1)).ShouldBeNull();
        await history.BreakPagesAsync();
        history.Database.Read(connection => HistoryRetention.Excess(connection, 1)).ShouldBeNull();
        (await history.DeleteBeforeAsync(Start.AddSeconds(10))).ShouldBe(10);

        history.Database.Reads.Problems().ShouldNotBeEmpty();
        var copy = $"{history.DatabaseFile}.copy";
        history.Database.CopyTo(copy);
        DatabaseCopy.Refuse(copy).ShouldBeNull();
        using var reads = new DatabaseReads(copy);
        reads.Read(connection => HistoryRetention.Excess(connection, 1)).ShouldNotBeNull();
        new HistoryReader(reads, history.Damage.Add).Verify(CancellationToken.None).ShouldBe(history.Batches().Count);
        history.Damage.ShouldBeEmpty();
        history.Database.Read(UnusedPages.Any).ShouldBeTrue();
    }

    [Fact]
    public async Task A_number_that_only_damaged_pages_claim_is_not_counted_from_when_it_is_far_from_all_others()
    {
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(second => history.AppendAsync(Run(1, second))));
        await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_batches SET number = $1 WHERE number = 1500", 1L << 40));
        await history.BreakPagesAsync(("history_batches", "leaf", ^1));
        history.Database.Loss.ShouldNotBeNull().Lost[^1].ShouldBe(1L << 40);
        await history.AppendAsync(Run(1, 1500));
        history.Batches()[^1].Number.ShouldBe(1500);
    }

    [Fact]
    public async Task What_is_in_blocks_already_is_not_lost_with_its_batch()
    {
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(second => history.AppendAsync(Run(1, second))));
        await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_compaction SET up_to = 1000"));
        await history.BreakPagesAsync(("history_batches", "leaf", 0), ("history_batches", "leaf", ^1));
        var loss = history.Database.Loss.ShouldNotBeNull();
        loss.Lost[0].ShouldBeGreaterThan(1000);
        loss.Lost[^1].ShouldBe(1500);
    }

    [Fact]
    public async Task Where_neither_the_table_nor_its_index_can_be_walked_batches_are_looked_for_one_by_one()
    {
        await Task.WhenAll(Enumerable.Range(0, 1500).Select(second => history.AppendAsync(Run(1, second))));
        await history.BreakPagesAsync(("history_batches", "leaf", 10), ("history_batches", "leaf", 20), ("history_batches_last_at", "leaf", 1));
        var loss = history.Database.Loss.ShouldNotBeNull();
        (loss.Kept + loss.Lost.Count).ShouldBe(1500);
        loss.IsAll.ShouldBeFalse();
        loss.Lost.Count.ShouldBeInRange(4, 80);
        (loss.Lost[^1] - loss.Lost[0]).ShouldBeGreaterThan(loss.Lost.Count);
        history.NewestSeconds(1, 1500).Count.ShouldBe(loss.Kept);
    }

    [Fact]
    public async Task A_batch_whose_rest_cannot_be_read_is_no_reason_to_make_the_others_anew()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(second => history.AppendAsync(Run(1, second) with { Details = Text(second, Large) })));
        await history.BreakAsync("history_batches", "batch", 3);
        history.Database.Loss.ShouldBeNull();
        history.NewestSeconds(1).Count.ShouldBe(99);
    }

    [Fact]
    public async Task Verifying_names_everything_that_cannot_be_read()
    {
        var details = Text(0, Large);
        for (var second = 0; second < 4; second++) await history.AppendAsync(Run(1, second) with { Details = details }, Run(2, second) with { Details = Text(second, Large) });
        await history.CompactAsync();
        await history.AppendAsync(Run(1, 4));
        await history.BreakAsync("history_batches", "batch", 4);
        await history.BreakAsync("history_blocks", "data", 2);
        await history.BreakAsync("history_texts", "text", 1);
        history.Reader.Verify(CancellationToken.None).ShouldBe(5);
        history.Damage.Select(damage => damage.Piece).Distinct().ShouldBe(["batch 4", "text 1", "block 2"]);
    }

    [Fact]
    public async Task Verifying_goes_on_behind_a_table_that_cannot_be_walked()
    {
        for (var second = 0; second < 400; second++) await history.AppendAsync(Run(1, second));
        await history.CompactAsync();
        for (var second = 400; second < 800; second++) await history.AppendAsync(Run(1, second));
        using var broken = new DatabaseReads(await history.BreakPagesAsync(("history_batches", "internal", 0)));
        new HistoryReader(broken, history.Damage.Add).Verify(CancellationToken.None).ShouldBe(1);
        history.Damage.ShouldHaveSingleItem().Piece.ShouldStartWith("what follows batch");
    }
}
