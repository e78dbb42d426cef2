using Microsoft.Extensions.Logging.Abstractions;
using Vedette.History;
using Vedette.Hub.Upkeep;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.Hub.Tests.Upkeep;

public sealed class RetentionLoopTests : UpkeepTests, IAsyncLifetime
{
    private static readonly RetentionTerms Terms = RetentionTerms.Default;

    private long key;

    public async ValueTask InitializeAsync() => key = await AddCheckAsync("web");

    [Fact]
    public async Task Results_older_than_a_day_go_and_younger_ones_stay()
    {
        await AppendAsync(hours: 48);
        time.Now = Start + Terms.HistoryAge;
        Run(Terms);
        await PassAsync();
        Count().ShouldBe(48);
        time.Now += TimeSpan.FromHours(12);
        await PassAsync();
        Count().ShouldBe(36);
        Oldest().ShouldBe(Start.AddHours(12));
        time.Now += TimeSpan.FromTicks(1);
        await PassAsync();
        Count().ShouldBe(36);
        time.Now += TimeSpan.FromMilliseconds(1);
        await PassAsync();
        Count().ShouldBe(35);
    }

    [Fact]
    public async Task Other_terms_hold_from_the_next_round_on()
    {
        await AppendAsync(hours: 20);
        time.Now = Start + TimeSpan.FromHours(20);
        var terms = Terms;
        Run(() => terms);
        await PassAsync();
        Count().ShouldBe(20);
        terms = Terms with { HistoryAge = TimeSpan.FromHours(5) };
        await PassAsync();
        Count().ShouldBe(5);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_deletes_nothing_and_goes_on_when_it_is_right_again()
    {
        await AppendAsync(hours: 10);
        time.Now = Start + Terms.HistoryAge + TimeSpan.FromHours(2);
        Run(Terms);
        await PassAsync();
        time.Now = DateTimeOffset.UnixEpoch;
        await PassAsync();
        Count().ShouldBe(8);
        time.Now = Start + Terms.HistoryAge + TimeSpan.FromHours(4);
        await PassAsync();
        Count().ShouldBe(6);
    }

    [Fact]
    public async Task History_beyond_its_size_loses_its_oldest_however_young()
    {
        await AppendAsync(hours: 10_000, details: new string('x', 400));
        time.Now = Start;
        var half = database.Read(HistoryRetention.UsedBytes) / 2;
        Run(Terms with { DatabaseBytes = half });
        await PassAsync();
        database.Read(HistoryRetention.UsedBytes).ShouldBeLessThanOrEqualTo(half);
        Count().ShouldBeInRange(1000, 9000);
        Newest().ShouldBe(Start.AddHours(9_999));
    }

    [Fact]
    public async Task Events_go_by_age_and_by_number()
    {
        await database.WriteAsync(connection =>
        {
            for (var day = 0; day < 1500; day++) EventTable.Add(connection, Start.AddDays(day), key, "local", "status", $"{day}");
            return true;
        });
        time.Now = Start.AddDays(1000) + Terms.EventAge;
        Run(Terms with { MostEvents = 300 });
        await PassAsync();
        database.Read(connection => EventTable.Of(connection, key)).Select(e => e.At).ShouldBe(Enumerable.Range(1200, 300).Select(day => Start.AddDays(day)));
    }

    [Fact]
    public async Task What_is_left_of_checks_that_are_gone_goes_at_the_start()
    {
        await AppendAsync(hours: 10);
        await new Compactor(database, damage => throw new InvalidDataException(damage.Problem)).RunAsync(long.MaxValue, long.MaxValue, CancellationToken.None);
        Blocks().ShouldBe(1L);
        await database.WriteAsync(connection =>
        {
            CheckTable.Delete(connection, key);
            return true;
        });
        time.Now = Start;
        Run(Terms);
        await PassAsync();
        Blocks().ShouldBe(0L);

        object? Blocks() => database.Read(connection => connection.Scalar("SELECT count(*) FROM history_blocks"));
    }

    [Fact]
    public async Task A_disk_that_refuses_is_tried_again_and_faults_nothing()
    {
        await AppendAsync(hours: 10);
        await database.WriteAsync(connection => connection.Execute("CREATE TRIGGER full BEFORE DELETE ON history_batches BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"));
        time.Now = Start + Terms.HistoryAge + TimeSpan.FromHours(4);
        Run(Terms);
        await PassAsync();
        Count().ShouldBe(10);
        await database.WriteAsync(connection => connection.Execute("DROP TRIGGER full"));
        await PassAsync();
        Count().ShouldBe(6);
    }

    [Fact]
    public async Task It_ends_when_it_is_told_to_while_much_is_left_to_do()
    {
        await AppendAsync(hours: 5_000);
        time.Now = Start.AddYears(10);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => new RetentionLoop(database, () => Terms, time, NullLogger<RetentionLoop>.Instance).RunAsync(stop.Token));
        Count().ShouldBeInRange(1000, 5_000);
    }

    private void Run(RetentionTerms terms) => Run(() => terms);

    private void Run(Func<RetentionTerms> terms) => Run(stop => new RetentionLoop(database, terms, time, NullLogger<RetentionLoop>.Instance).RunAsync(stop));

    private Task<bool> AppendAsync(int hours, string? details = null) => database.WriteAsync(connection =>
    {
        for (var hour = 0; hour < hours; hour++)
        {
            Result[] runs = [Sample(Start.AddHours(hour)) with { Details = details is null ? null : $"\"{details}\"" }];
            HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode((ulong)hour + 1, runs), runs);
        }

        return true;
    });

    private List<Result> Results() => [.. new HistoryReader(database.Reads, damage => throw new InvalidDataException(damage.Problem)).Each(new HistoryQuery(key, "web"))];

    private int Count() => Results().Count;

    private DateTimeOffset Oldest() => Results()[0].ScheduledAt;

    private DateTimeOffset Newest() => Results()[^1].ScheduledAt;

    private Result Sample(DateTimeOffset at) => new()
    {
        Check = "web",
        CheckKey = key,
        Agent = "local",
        ScheduledAt = at,
        StartedAt = at,
        DurationSeconds = 0.01,
        Status = Status.Up,
    };
}
