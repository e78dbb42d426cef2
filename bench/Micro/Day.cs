using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Vedette;
using Vedette.History;
using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.Hub.Http;
using Vedette.State;
using Vedette.State.Sqlite;
using Vedette.Wire;

namespace Micro;

/// <summary>A day of a check that runs every second, out of a database that compacted it as it came.</summary>
public class Day
{
    private const int Seconds = 86_400;
    private const int BatchSize = 64;
    private const int Compacted = 16_384;

    private readonly string directory = Directory.CreateTempSubdirectory("vedette-micro-").FullName;
    private Database? database;
    private HistoryReader? reader;
    private HistoryEndpoints? endpoints;
    private CheckRecord? record;
    private Task filling = Task.CompletedTask;

    // Nobody awaits a setup that runs within this process, so the first turn of each benchmark does, which is not measured.
    [GlobalSetup]
    public void Fill() => filling = FillAsync();

    [GlobalCleanup]
    public void Remove() => Directory.Delete(directory, recursive: true);

    [Benchmark]
    public async Task<int> ReadDay()
    {
        await filling;
        var count = 0;
        foreach (var result in reader!.Each(new HistoryQuery(record!.Key, "c1"))) count += result.Status == Status.Up ? 1 : 0;
        return count == Seconds ? count : throw new InvalidOperationException($"{count} results were read");
    }

    [Benchmark]
    public async Task<long> DayAsJson()
    {
        await filling;
        var context = new DefaultHttpContext();
        using var body = new CountingStream();
        context.Response.Body = body;
        context.Request.QueryString = new("?from=2026-01-01T00:00:00Z");
        await endpoints!.AnswerAsync(context, record!, "results");
        await context.Response.CompleteAsync();
        return body.Length > Seconds ? body.Length : throw new InvalidOperationException($"{body.Length} bytes were written");
    }

    private async Task FillAsync()
    {
        database = Database.Open(directory);
        reader = new HistoryReader(database.Reads, static damage => throw new InvalidDataException(damage.ToString()));
        endpoints = new HistoryEndpoints(reader, database, new AgentLinks(), TimeProvider.System);
        var check = new Check { Id = "c1", Kind = "icmp", Target = "127.0.0.1", Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) };
        var key = await database.WriteAsync(connection => CheckTable.Insert(connection, check, Lifecycle.Active, Runs.Start));
        record = new(key, check, Lifecycle.Active, Runs.Start, Runs.Start);
        var compactor = new Compactor(database, static damage => throw new InvalidDataException(damage.ToString()));
        for (var second = 0; second < Seconds; second += Compacted)
        {
            await AppendAsync(key, second, Math.Min(Seconds, second + Compacted));
            await compactor.RunAsync(long.MaxValue, long.MaxValue, CancellationToken.None);
        }
    }

    private async Task AppendAsync(long key, int from, int to)
    {
        for (var second = from; second < to; second += BatchSize)
        {
            var results = Runs.OfCheck(key, Math.Min(BatchSize, to - second), second);
            await database!.WriteAsync(connection =>
            {
                HistoryWriter.Append(connection, "local", "9f", BatchEncoder.Encode((ulong)second + 1, results), results);
                return true;
            });
        }
    }
}
