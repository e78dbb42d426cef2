using System.Diagnostics.Metrics;
using Vedette.History;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Retention;

/// <summary>
/// Lets go of what is too old or too much, every minute in small steps until nothing is left to go. Each step is a transaction of its own that
/// comes after the results that wait, so that they never wait for more than one. Pages that become free are written again; the file does
/// not shrink.
/// </summary>
internal sealed class RetentionLoop(Database database, RetentionTerms terms, TimeProvider time)
{
    private const int EventsInOneStep = 500;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private static readonly Counter<long> Blocks = Telemetry.Meter.CreateCounter<long>("vedette.hub.deleted_blocks", "{block}", "Blocks of history that were deleted because of their age or the size of all.");
    private static readonly Counter<long> Events = Telemetry.Meter.CreateCounter<long>("vedette.hub.deleted_events", "{event}", "Events that were deleted because of their age or number.");

    /// <summary>Keeps to the terms until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every, time);
        do await RetainAsync(stop);
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task RetainAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        while (await DeleteEventsAsync(now - terms.EventAge)) stop.ThrowIfCancellationRequested();
        while (await DeleteBlocksAsync(database.Read(connection => HistoryRetention.Before(connection, now - terms.HistoryAge)), "age")) stop.ThrowIfCancellationRequested();
        while (await DeleteBlocksAsync(database.Read(connection => HistoryRetention.Beyond(connection, terms.DatabaseBytes)), "size")) stop.ThrowIfCancellationRequested();
    }

    private async Task<bool> DeleteEventsAsync(DateTimeOffset before)
    {
        var deleted = await database.WriteAloneAsync(connection => EventTable.DeleteOld(connection, before, terms.MostEvents, EventsInOneStep));
        Events.Add(deleted);
        return deleted > 0;
    }

    private async Task<bool> DeleteBlocksAsync(List<SpentBlock> blocks, string cause)
    {
        if (blocks.Count == 0) return false;
        await database.WriteAloneAsync(connection =>
        {
            HistoryWriter.Delete(connection, blocks);
            return true;
        });
        Blocks.Add(blocks.Count, new KeyValuePair<string, object?>("cause", cause));
        return true;
    }
}
