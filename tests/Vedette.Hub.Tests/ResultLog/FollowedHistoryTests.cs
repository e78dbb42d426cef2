using Microsoft.Extensions.Logging.Abstractions;
using Vedette.History;
using Vedette.Hub.ResultLog;
using Vedette.Hub.Tests.Upkeep;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.ResultLog;

public sealed class FollowedHistoryTests : IAsyncDisposable
{
    private readonly Store store = new();
    private readonly RecordedLog<FollowedHistory> log = new();
    private long noted;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_log_that_is_a_little_behind_is_waited_for_and_one_that_is_far_behind_is_not_and_that_is_told_once()
    {
        var history = new FollowedHistory(store.Database, () => noted, log);
        await AppendAsync(results: 500_000);
        await AppendAsync(results: 500_000);
        history.UpTo().ShouldBe(0);
        await AppendAsync(results: 500_000);
        history.UpTo().ShouldBe(long.MaxValue);
        noted = 1;
        history.UpTo().ShouldBe(1);
        noted = 0;
        history.UpTo().ShouldBe(long.MaxValue);
        log.Warnings.ShouldHaveSingleItem().ShouldContain("1500000 results behind");
        noted = 2;
        history.UpTo().ShouldBe(2);
        noted = 0;
        history.UpTo().ShouldBe(long.MaxValue);
        log.Warnings.Count.ShouldBe(2);
    }

    [Fact]
    public async Task How_far_the_log_has_got_is_known_before_it_goes_on()
    {
        await store.Database.WriteAsync(connection => ProjectionTable.Put(connection, "result-log", 7));
        new ResultLogWriter(store.Directory, store.Database, store.Registry, new HeldTime(At), NullLogger<ResultLogWriter>.Instance).Noted.ShouldBe(7);
    }

    private Task<int> AppendAsync(int results) => store.Database.WriteAsync(connection =>
    {
        Result[] runs = [Run(Status.Up)];
        HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode(1, runs), runs);
        return connection.Execute("UPDATE history_batches SET results = $1 WHERE number = (SELECT max(number) FROM history_batches)", results);
    });
}
