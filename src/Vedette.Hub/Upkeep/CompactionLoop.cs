using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Upkeep;

/// <summary>Has history compacted when enough of it waits, or it has waited for long.</summary>
/// <param name="database">Where it is.</param>
/// <param name="compactor">Does it.</param>
/// <param name="followed">Up to which batch everything that follows history has got.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of what could not be done.</param>
internal sealed class CompactionLoop(Database database, Compactor compactor, Func<long> followed, TimeProvider time, ILogger<CompactionLoop> logger)
{
    // Blocks of few results cost more than they save.
    private const int ResultsOfCheck = 16;
    private const int LeastResults = 16_384;
    private const int MostResults = 262_144;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private static readonly Counter<long> Runs = Telemetry.Meter.CreateCounter<long>("vedette.hub.compactions", "{run}", "Times batches of history were made into blocks.");
    private static readonly Counter<long> Failures = Telemetry.Meter.CreateCounter<long>("vedette.hub.compaction_failures", "{failure}", "Times history could not be compacted and it had to be tried again.");

    private long? compacted;

    /// <summary>Goes on until stopped. What the disk refuses is tried again; until then batches wait as they came.</summary>
    public Task RunAsync(CancellationToken stop)
    {
        compacted ??= time.GetTimestamp();
        return new RecurringWork("compaction of history", Every, Failures, time, logger).RunAsync(CompactAsync, stop);
    }

    private async Task CompactAsync(CancellationToken stop)
    {
        var enough = database.Read(connection => Math.Clamp(CheckTable.Count(connection) * ResultsOfCheck, LeastResults, MostResults));
        while (database.Read(Compactor.Waiting) >= enough || time.GetElapsedTime(compacted!.Value) >= LongestWait)
        {
            var wasAny = await compactor.RunAsync(followed(), enough, stop);
            compacted = time.GetTimestamp();
            if (!wasAny) return;
            Runs.Add(1);
        }
    }
}
