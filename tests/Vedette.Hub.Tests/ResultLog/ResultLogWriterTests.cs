using Microsoft.Extensions.Logging.Abstractions;
using Vedette.History;
using Vedette.Hub.ResultLog;
using Vedette.Hub.Tests.Upkeep;
using Vedette.State.Sqlite;
using Vedette.Wire;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.ResultLog;

public sealed class ResultLogWriterTests : IAsyncDisposable
{
    // More than are written without noting how far.
    private const int Blocks = 100;

    private readonly Store store = new();
    private readonly HeldTime time = new(At);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_disk_that_refuses_to_note_how_far_it_is_faults_nothing_and_no_line_is_lost_or_doubled()
    {
        await AppendAsync();
        await store.Database.WriteAsync(connection => connection.Execute("CREATE TRIGGER full BEFORE INSERT ON projections BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"));
        using var stop = new CancellationTokenSource();
        var running = new ResultLogWriter(store.Directory, store.Database, store.Registry, time, NullLogger<ResultLogWriter>.Instance).RunAsync(stop.Token);
        (await Task.WhenAny(running, time.Waiting).WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken)).ShouldBe(time.Waiting);
        Lines().Length.ShouldBeInRange(1, Blocks - 1);

        await store.Database.WriteAsync(connection => connection.Execute("DROP TRIGGER full"));
        await stop.CancelAsync();
        await time.ReleaseAsync();
        await running.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
        Lines().ShouldBe([.. Lines().Distinct()]);
        Lines().Length.ShouldBe(Blocks);
    }

    private string[] Lines() => File.ReadAllLines(Path.Combine(store.Directory, "results", "a.jsonl"));

    private async Task AppendAsync()
    {
        var key = await store.AddCheckAsync();
        await store.Database.WriteAsync(connection =>
        {
            for (var seq = 1; seq <= Blocks; seq++)
            {
                Result[] runs = [Run(Status.Up, seq, key: key)];
                HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode((ulong)seq, runs), runs);
            }

            return true;
        });
    }
}
