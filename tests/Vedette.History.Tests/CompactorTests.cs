using System.Runtime.CompilerServices;
using Vedette.State.Sqlite;
using static Vedette.History.Tests.StoredHistory;

namespace Vedette.History.Tests;

public sealed class CompactorTests : HistoryOfTwoChecks
{
    [Fact]
    public async Task What_was_compacted_is_read_back_the_same()
    {
        var stored = new List<Result>();
        for (var second = 0; second < 300; second++)
            stored.AddRange(await history.AppendAsync(
                Run(1, second, (Status)(second % 4)) with { Details = $$"""{"n":{{second % 7}},"text":"{{new string('x', 100)}}"}""" },
                Run(2, second) with { Phases = NamedList<double>.Empty, DurationSeconds = second / 8.0 }));
        (await history.CompactAsync()).ShouldBeTrue();
        history.Batches().ShouldHaveSingleItem();
        history.Blocks().ShouldBe([(1, 299, 0), (2, 299, 0)]);
        history.Each(1).ShouldBe(stored.Where(result => result.CheckKey == 1));
        history.Each(2).ShouldBe(stored.Where(result => result.CheckKey == 2));
        history.Newest(1, most: 3).ShouldBe(stored.Where(result => result.CheckKey == 1).TakeLast(3));
        history.Damage.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_to_do_is_nothing_done()
    {
        (await history.CompactAsync()).ShouldBeFalse();
        await history.AppendAsync(Run(1, 0));
        (await history.CompactAsync()).ShouldBeFalse();
        history.NewestSeconds(1).ShouldBe([0]);
    }

    [Fact]
    public async Task Eight_small_blocks_become_one_and_full_ones_are_left_alone()
    {
        var second = 0;
        for (var run = 0; run < 17; run++)
        {
            for (var i = 0; i < 20; i++) await history.AppendAsync(Run(1, second++));
            await history.CompactAsync();
        }

        history.Blocks().ShouldBe([(1, 159, 1), (1, 160, 1), (1, 20, 0)]);
        history.Each(1).Select(Second).ShouldBe(Enumerable.Range(0, 340).Select(at => (double)at));
    }

    [Fact]
    public async Task A_block_that_is_full_or_long_is_merged_no_more()
    {
        for (var i = 0; i < 1100; i++) await history.AppendAsync(Run(1, i));
        await history.AppendAsync(Run(2, 0), Run(2, 21_600));
        await history.AppendAsync(Run(1, 1100));
        await history.CompactAsync();
        history.Blocks().ShouldBe([(1, 1100, 9), (2, 2, 9)]);
    }

    [Fact]
    public async Task More_than_a_block_holds_becomes_several()
    {
        for (var i = 0; i < 50; i++) await history.AppendAsync([.. Enumerable.Range(i * 100, 100).Select(second => Run(1, second))]);
        await history.AppendAsync(Run(1, 5000));
        await history.CompactAsync();
        history.Blocks().Select(block => block.Results).ShouldBe([2048, 2048, 904]);
        history.NewestSeconds(1, 10_000).ShouldBe(Enumerable.Range(0, 5001).Select(second => (double)second));
    }

    [Fact]
    public async Task Only_what_was_followed_is_compacted()
    {
        for (var second = 0; second < 10; second++) await history.AppendAsync(Run(1, second));
        (await history.CompactAsync(followed: 0)).ShouldBeFalse();
        (await history.CompactAsync(followed: 4)).ShouldBeTrue();
        history.Batches().Select(batch => batch.Number).ShouldBe([5, 6, 7, 8, 9, 10]);
        history.NewestSeconds(1).ShouldBe(Enumerable.Range(0, 10).Select(second => (double)second));
    }

    [Fact]
    public async Task A_run_takes_about_as_many_as_it_is_told()
    {
        for (var second = 0; second < 10; second++) await history.AppendAsync(Run(1, second), Run(2, second));
        (await history.CompactAsync(most: 5)).ShouldBeTrue();
        history.Batches().Count.ShouldBe(7);
    }

    [Fact]
    public async Task Of_large_batches_only_so_many_are_held_at_once_and_a_run_still_takes_all()
    {
        const int Size = 1_000_000;
        for (var second = 0; second < 80; second++) await history.AppendAsync(Run(1, second) with { Details = $"\"{new string((char)('a' + (second % 26)), Size)}\"" });
        await history.AppendAsync(Run(1, 80));
        await history.Database.WriteAsync(connection => connection.Execute(
            """
            CREATE TABLE portions (up_to INTEGER);
            CREATE TRIGGER portion AFTER UPDATE ON history_compaction WHEN old.up_to <> new.up_to BEGIN INSERT INTO portions VALUES (new.up_to); END
            """));
        (await history.CompactAsync()).ShouldBeTrue();
        history.Batches().ShouldHaveSingleItem();
        history.Database.Read(connection => connection.Rows("SELECT up_to FROM portions ORDER BY rowid", row => row.GetInt64(0))).ShouldBe([34L, 68L, 80L]);
        history.Newest(1).Select(run => run.Details?.Length).ShouldBe([.. Enumerable.Repeat<int?>(Size + 2, 80), null]);
        history.Damage.ShouldBeEmpty();
    }

    [Fact]
    public async Task Batches_whose_results_an_earlier_version_did_not_count_are_taken_a_few_at_a_time()
    {
        for (var second = 0; second < 20; second++) await history.AppendAsync(Run(1, second));
        await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_batches SET results = 0, checksum = NULL"));
        history.Database.Read(Compactor.Waiting).ShouldBe(20 * 512);
        (await history.CompactAsync(most: 2048)).ShouldBeTrue();
        history.Batches().Count.ShouldBe(16);
        history.NewestSeconds(1).ShouldBe(Enumerable.Range(0, 20).Select(second => (double)second));
    }

    [Fact]
    public async Task A_step_stores_about_as_much_as_it_may_hold_however_few_checks_that_are()
    {
        for (var key = 3; key <= 40; key++) await history.AddCheckAsync($"more-{key}");
        for (var second = 0; second < 4; second++)
            for (var key = 1; key <= 40; key++) await history.AppendAsync(Run(key, second) with { Details = Text(key * 100 + second, 20_000) });
        await history.AppendAsync(Run(1, 4));
        await history.Database.WriteAsync(connection => connection.Execute(
            """
            CREATE TABLE steps (size INTEGER);
            CREATE TRIGGER step AFTER UPDATE ON history_compaction BEGIN INSERT INTO steps SELECT coalesce(sum(length(data)), 0) FROM history_blocks; END
            """));
        await history.CompactAsync();
        var sizes = history.Database.Read(connection => connection.Rows("SELECT size FROM steps ORDER BY rowid", row => row.GetInt64(0)));
        sizes[^1].ShouldBeGreaterThan(1_500_000);
        sizes.Zip(sizes.Skip(1), (before, after) => after - before).Max().ShouldBeLessThan(1_200_000);
    }

    [Fact]
    public async Task What_a_step_holds_is_what_it_stores_and_no_result_any_more()
    {
        for (var second = 0; second < 7; second++)
        {
            await history.AppendAsync(Run(1, second), Run(2, second));
            await history.AppendAsync(Run(1, second + 0.5));
            await history.CompactAsync();
        }

        var (merge, fresh) = Merged();
        for (var i = 0; i < 3 && fresh.IsAlive; i++) GC.Collect();
        fresh.IsAlive.ShouldBeFalse();
        merge.Size.ShouldBeInRange(100, 10_000);
        await history.Database.WriteAsync(connection =>
        {
            merge.Write(connection);
            return true;
        });
        history.Blocks()[0].Results.ShouldBe(14);

        [MethodImpl(MethodImplOptions.NoInlining)]
        (Merge Merge, WeakReference Fresh) Merged()
        {
            List<Result> results = [Run(1, 8)];
            var made = Merge.Of(history.Database, new PieceReader(history.Database.Reads, history.Damage.Add), 1, results);
            results.Count.ShouldBe(1);
            return (made, new WeakReference(results[0]));
        }
    }

    [Fact]
    public async Task A_block_ends_before_its_texts_are_more_than_a_reader_takes()
    {
        var stored = new List<Result>();
        for (var second = 0; second < 50; second++) stored.AddRange(await history.AppendAsync(Run(1, second) with { Details = Text(second, 100_000) }));
        await history.AppendAsync(Run(1, 50));
        await history.CompactAsync();
        history.Blocks().ShouldBe([(1, 20, 9), (1, 20, 9), (1, 10, 0)]);
        history.Each(1).Take(50).ShouldBe(stored);
    }

    [Fact]
    public async Task A_long_text_that_all_results_have_ends_no_block()
    {
        var details = Text(0, 100_000);
        for (var second = 0; second < 50; second++) await history.AppendAsync(Run(1, second) with { Details = details });
        await history.CompactAsync();
        history.Blocks().ShouldBe([(1, 49, 0)]);
    }

    [Fact]
    public async Task Results_of_a_check_that_is_gone_are_not_kept()
    {
        await history.AppendAsync(Run(1, 0), Run(2, 0));
        await history.AppendAsync(Run(1, 1));
        await history.RemoveCheckAsync(2);
        await history.CompactAsync();
        history.Blocks().ShouldBe([(1, 1, 0)]);
    }

    [Fact]
    public async Task At_every_moment_of_a_run_that_is_broken_off_each_result_is_there_once_and_the_next_goes_on()
    {
        for (var second = 0; second < 40; second++) await history.AppendAsync(Run(1, second), Run(2, second));
        var expected = Enumerable.Range(0, 40).Select(second => (double)second).ToList();

        // The trigger lets a run come one write further each time, as a kill would.
        var steps = 0;
        for (var done = false; !done; steps++)
        {
            await history.Database.WriteAsync(connection => connection.Execute($"CREATE TABLE IF NOT EXISTS allowed (n INTEGER); DELETE FROM allowed; INSERT INTO allowed VALUES ({steps})"));
            await history.Database.WriteAsync(connection => connection.Execute(
                """
                CREATE TRIGGER IF NOT EXISTS cut BEFORE UPDATE ON history_compaction BEGIN
                  SELECT RAISE(FAIL, 'cut') WHERE (SELECT n FROM allowed) = 0;
                  UPDATE allowed SET n = n - 1;
                END
                """));
            try
            {
                await history.CompactAsync();
                done = true;
            }
            catch (StateException)
            {
                steps.ShouldBeLessThan(10);
            }

            history.NewestSeconds(1).ShouldBe(expected);
            history.NewestSeconds(2).ShouldBe(expected);
        }

        steps.ShouldBeGreaterThan(2);
        history.Batches().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Readers_see_every_result_once_while_one_compacts()
    {
        for (var second = 0; second < 500; second++) await history.AppendAsync(Run(1, second), Run(2, second));
        using var over = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            var rounds = 0;
            for (; !over.IsCancellationRequested || rounds < 5; rounds++)
            {
                history.Each(1).Select(Second).ShouldBe(Enumerable.Range(0, 500).Select(second => (double)second));
                history.NewestSeconds(2, 1000).ShouldBe(Enumerable.Range(0, 500).Select(second => (double)second));
            }

            return rounds;
        });
        while (await history.CompactAsync(most: 20)) continue;
        await over.CancelAsync();
        (await reading).ShouldBePositive();
        history.Damage.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_batch_with_flipped_bits_costs_only_itself_and_is_named()
    {
        for (var second = 0; second < 5; second++) await history.AppendAsync(Run(1, second));
        await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_batches SET batch = zeroblob(length(batch)) WHERE number = 3"));
        history.NewestSeconds(1).ShouldBe([0, 1, 3, 4]);
        history.Damage.ShouldHaveSingleItem().Piece.ShouldBe("batch 3");
        await history.CompactAsync();
        history.NewestSeconds(1).ShouldBe([0, 1, 3, 4]);
    }

    [Fact]
    public async Task A_block_with_flipped_bits_costs_only_itself_and_is_named_and_never_merged()
    {
        var second = 0;
        for (var run = 0; run < 10; run++)
        {
            for (var i = 0; i < 5; i++) await history.AppendAsync(Run(1, second++));
            await history.CompactAsync();
            if (run == 2) await FlipAsync(block: 2);
        }

        history.Each(1).Count.ShouldBe(45);
        history.Damage.Select(damage => damage.Piece).Distinct().ShouldBe(["block 2"]);
        history.Damage[0].CheckKey.ShouldBe(1);
        history.Damage[0].From.ShouldBe(Start.AddSeconds(4));
        history.Damage[0].To.ShouldBe(Start.AddSeconds(8));
        history.Reader.Verify(CancellationToken.None).ShouldBe(history.Blocks().Count + 1);

        Task<int> FlipAsync(long block) => history.Database.WriteAsync(connection =>
        {
            var data = (byte[])connection.Scalar("SELECT data FROM history_blocks WHERE block = $1", block)!;
            data[data.Length / 2] ^= 0x10;
            return connection.Execute("UPDATE history_blocks SET data = $2 WHERE block = $1", block, data);
        });
    }

    [Fact]
    public async Task A_text_that_many_results_have_is_stored_once_for_all_checks()
    {
        var details = $$"""{"certificate":"{{new string('c', 3000)}}"}""";
        for (var second = 0; second < 100; second++) await history.AppendAsync(Run(1, second) with { Details = details }, Run(2, second) with { Details = details });
        await history.CompactAsync();
        history.Count("history_texts").ShouldBe(1);
        history.Each(1).ShouldAllBe(result => result.Details == details);
        await history.Database.WriteAsync(connection => connection.Execute("UPDATE history_texts SET text = 'something else'"));
        new HistoryReader(history.Database.Reads, history.Damage.Add).Each(Query(2)).First().Details.ShouldBeNull();
        var damage = history.Damage.ShouldHaveSingleItem();
        (damage.Piece, damage.CheckKey, damage.From, damage.Problem).ShouldBe(("text 1", 2L, (DateTimeOffset?)Start, "it is not what was stored"));
    }

    private static double Second(Result result) => (result.ScheduledAt - Start).TotalSeconds;
}
