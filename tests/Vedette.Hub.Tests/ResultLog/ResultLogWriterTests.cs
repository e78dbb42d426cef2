using Microsoft.Extensions.Logging.Abstractions;
using Vedette.History;
using Vedette.Hub.Checks;
using Vedette.Hub.ResultLog;
using Vedette.Hub.Tests.Retention;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.ResultLog;

public sealed class ResultLogWriterTests : IAsyncDisposable
{
    // More than are written without noting how far.
    private const int Blocks = 100;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-log-").FullName;
    private readonly HeldTime time = new(At);
    private readonly CheckRegistry registry = new();
    private readonly Database database;

    public ResultLogWriterTests() => database = Database.Open(directory);

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        registry.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_disk_that_refuses_to_note_how_far_it_is_faults_nothing_and_no_line_is_lost_or_doubled()
    {
        await AppendAsync();
        await database.WriteAsync(connection => connection.Execute("CREATE TRIGGER full BEFORE INSERT ON projections BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END"));
        using var stop = new CancellationTokenSource();
        var running = new ResultLogWriter(directory, database, registry, time, NullLogger<ResultLogWriter>.Instance).RunAsync(stop.Token);
        (await Task.WhenAny(running, time.Waiting).WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken)).ShouldBe(time.Waiting);
        Lines().Length.ShouldBeInRange(1, Blocks - 1);

        await database.WriteAsync(connection => connection.Execute("DROP TRIGGER full"));
        await stop.CancelAsync();
        await time.ReleaseAsync();
        await running.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
        Lines().ShouldBe([.. Lines().Distinct()]);
        Lines().Length.ShouldBe(Blocks);
    }

    private string[] Lines() => File.ReadAllLines(Path.Combine(directory, "results", "a.jsonl"));

    private async Task AppendAsync()
    {
        var key = await database.WriteAsync(connection => CheckTable.Insert(connection, Check(), Lifecycle.Active, At));
        registry.Put(new CheckRecord(key, Check(), Lifecycle.Active, At, At));
        await database.WriteAsync(connection =>
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
