using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.Hub.Upkeep;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Vedette.Hub.Tests.Upkeep;

public sealed class CompactionLoopTests : UpkeepTests, IAsyncLifetime
{
    private readonly Told told = new();

    public async ValueTask InitializeAsync()
    {
        for (var key = 1; key <= 3; key++)
            await AddCheckAsync($"{key}");
    }

    [Fact]
    public async Task What_waits_is_compacted_when_it_is_enough_or_has_waited_for_long()
    {
        await AppendAsync(seconds: 100);
        Run();
        await PassAsync();
        Blocks().ShouldBe(0);
        time.Now += TimeSpan.FromMinutes(10);
        await PassAsync();
        Blocks().ShouldBe(3);
        Seconds().ShouldBe(Enumerable.Range(0, 100));
        told.Lines.ShouldBeEmpty();
    }

    // The database may not take another page, which SQLite says as it says that the disk is full: SQLITE_FULL.
    [Fact]
    public async Task A_full_disk_loses_and_doubles_nothing_is_told_once_and_when_there_is_room_it_goes_on()
    {
        await AppendAsync(seconds: 100);
        await LimitAsync(pages: 1);
        Run();
        await PassAsync();
        time.Now += TimeSpan.FromMinutes(10);
        double[] waits = [10, 20, 40, 60, 60];
        foreach (var wait in waits)
        {
            await PassAsync();
            time.Wanted.TotalSeconds.ShouldBe(wait);
            Seconds().ShouldBe(Enumerable.Range(0, 100));
        }

        told.Lines.ShouldBe([$"Warning: The compaction of history failed and is tried again: {Database.FileIn(directory)} could not be written: its disk is full; make room there."]);
        await LimitAsync(pages: 1_000_000);
        await PassAsync();
        time.Wanted.TotalSeconds.ShouldBe(5);
        told.Lines[1..].ShouldBe(["Information: The compaction of history goes on."]);
        Blocks().ShouldBe(3);
        Batches().ShouldBe(1);
        Seconds().ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task Another_cause_is_told_anew()
    {
        await AppendAsync(seconds: 100);
        await RefuseAsync("first");
        Run();
        await PassAsync();
        time.Now += TimeSpan.FromMinutes(10);
        await PassAsync();
        await PassAsync();
        await RefuseAsync("second");
        await PassAsync();
        told.Lines.Count.ShouldBe(2);
        told.Lines[0].ShouldContain("first");
        told.Lines[1].ShouldContain("second");
    }

    private void Run() =>
        Run(stop => new CompactionLoop(database, new Compactor(database, damage => throw new InvalidDataException(damage.Problem)), () => long.MaxValue, time, told).RunAsync(stop));

    private Task<object?> LimitAsync(int pages) => database.WriteAsync(connection => connection.Scalar($"PRAGMA max_page_count = {pages}"));

    private Task<int> RefuseAsync(string cause) => database.WriteAsync(connection => connection.Execute(
        $"DROP TRIGGER IF EXISTS refusal; CREATE TRIGGER refusal BEFORE INSERT ON history_blocks BEGIN SELECT RAISE(FAIL, '{cause}'); END"));

    // Runs that do not fit into what is left of the last page.
    private Task<bool> AppendAsync(int seconds) => database.WriteAsync(connection =>
    {
        for (var second = 0; second < seconds; second++)
        {
            Result[] runs = [.. Enumerable.Range(1, 3).Select(key => Samples.Run(Status.Up, second, key: key) with { Details = $$"""{"id":"{{Guid.NewGuid()}}{{Guid.NewGuid()}}"}""" })];
            HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode(((ulong)second * 3) + 1, runs), runs);
        }

        return true;
    });

    private IEnumerable<int> Seconds()
    {
        var reader = new HistoryReader(database.Reads, damage => throw new InvalidDataException(damage.Problem));
        return reader.Each(new HistoryQuery(2, "2")).Select(run => (int)(run.ScheduledAt - Samples.At).TotalSeconds);
    }

    private long Blocks() => (long)database.Read(connection => connection.Scalar("SELECT count(*) FROM history_blocks"))!;

    private long Batches() => (long)database.Read(connection => connection.Scalar("SELECT count(*) FROM history_batches"))!;

    private sealed class Told : ILogger<CompactionLoop>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
