using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Retention;

/// <summary>
/// Lets go of what is too old or too much, every minute in small steps until nothing is left to go. Each step is a transaction of its own that
/// comes after the results that wait, so that they never wait for more than one. Pages that become free are written again; the file does
/// not shrink.
/// </summary>
internal sealed partial class RetentionLoop(Database database, RetentionTerms terms, TimeProvider time, ILogger<RetentionLoop> logger)
{
    private const int EventsInOneStep = 500;
    private const int ChecksInOneStep = 64;
    private const int EntriesInOneStep = 512;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private static readonly Counter<long> Blocks = Telemetry.Meter.CreateCounter<long>("vedette.hub.deleted_blocks", "{block}", "Blocks of history that were deleted because of their age or the size of all.");
    private static readonly Counter<long> Events = Telemetry.Meter.CreateCounter<long>("vedette.hub.deleted_events", "{event}", "Events that were deleted because of their age or number.");

    private static readonly Counter<long> Failures = Telemetry.Meter.CreateCounter<long>("vedette.hub.retention_failures", "{failure}", "Times nothing could be deleted and had to be tried again.");

    // By whole hours: the entries of a check lie together, so letting go of an hour's at once writes a page where a minute's would write sixty.
    private DateTimeOffset gone = DateTimeOffset.MinValue;

    /// <summary>Keeps to the terms until stopped. What the disk refuses is tried again after a minute: to delete takes room too.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await RetainAsync(stop);
            }
            catch (StateException e)
            {
                Failures.Add(1);
                NotDeleted(logger, e.Message);
            }

            await Task.Delay(Every, time, stop);
        }
    }

    private async Task RetainAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        while (await DeleteEventsAsync(now - terms.EventAge)) stop.ThrowIfCancellationRequested();
        if (Hour(now - terms.HistoryAge) is var before && before > gone)
        {
            await DeleteHistoryAsync(before, "age", stop);
            gone = before;
        }

        while (database.Read(connection => HistoryRetention.Excess(connection, terms.DatabaseBytes)) is { } excess) await DeleteHistoryAsync(excess, "size", stop);
    }

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private async Task<bool> DeleteEventsAsync(DateTimeOffset before)
    {
        var deleted = await database.WriteAloneAsync(connection => EventTable.DeleteOld(connection, before, terms.MostEvents, EventsInOneStep));
        Events.Add(deleted);
        return deleted > 0;
    }

    private async Task DeleteHistoryAsync(DateTimeOffset before, string cause, CancellationToken stop)
    {
        while (await database.WriteAloneAsync(connection => HistoryRetention.DeleteBlocks(connection, before)) is > 0 and var deleted)
        {
            Blocks.Add(deleted, new KeyValuePair<string, object?>("cause", cause));
            stop.ThrowIfCancellationRequested();
        }

        foreach (var keys in database.Read(HistoryRetention.Keys).Chunk(ChecksInOneStep))
            while (await database.WriteAloneAsync(connection => DeleteEntries(connection, keys, before))) stop.ThrowIfCancellationRequested();
    }

    // Whether a check may have more of them.
    private static bool DeleteEntries(SqliteConnection connection, long[] keys, DateTimeOffset before)
    {
        var room = EntriesInOneStep;
        foreach (var key in keys)
        {
            room -= HistoryRetention.DeleteEntries(connection, key, before, room);
            if (room == 0) return true;
        }

        return false;
    }

    [LoggerMessage(331, LogLevel.Warning, "What is too old or too much could not be deleted and is tried again: {Problem}.")]
    private static partial void NotDeleted(ILogger logger, string problem);
}
