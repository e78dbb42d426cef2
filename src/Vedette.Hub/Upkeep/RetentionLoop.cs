using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Upkeep;

/// <summary>
/// Lets go of what is too old or too much, every minute in small steps until nothing is left to go. Each step is a transaction of its own that
/// comes after the results that wait, so that they never wait for more than one. Pages that become free are written again; the file does
/// not shrink.
/// </summary>
internal sealed class RetentionLoop(Database database, Func<RetentionTerms> current, TimeProvider time, ILogger<RetentionLoop> logger)
{
    private const int EventsInOneStep = 500;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private static readonly Counter<long> Pieces = Telemetry.Meter.CreateCounter<long>("vedette.hub.deleted_blocks", "{block}", "Blocks and batches of history that were deleted because of their age or the size of all.");
    private static readonly Counter<long> Events = Telemetry.Meter.CreateCounter<long>("vedette.hub.deleted_events", "{event}", "Events that were deleted because of their age or number.");

    private static readonly Counter<long> Failures = Telemetry.Meter.CreateCounter<long>("vedette.hub.retention_failures", "{failure}", "Times nothing could be deleted and had to be tried again.");

    /// <summary>Keeps to the terms until stopped. What the disk refuses is tried again: to delete takes room too.</summary>
    public Task RunAsync(CancellationToken stop) => new RecurringWork("deletion of what is too old or too much", Every, Failures, time, logger).RunAsync(RetainAsync, stop);

    private async Task RetainAsync(CancellationToken stop)
    {
        var (now, terms) = (time.GetUtcNow(), current());
        await WhileAnyAsync(Events, "age", connection => EventTable.DeleteOld(connection, now - terms.EventAge, terms.MostEvents, EventsInOneStep), stop);
        if (database.Read(HistoryRetention.Gone) is [_, ..] gone) await WhileAnyAsync(Pieces, "check", connection => HistoryRetention.DeleteGone(connection, gone), stop);
        await DeleteAsync(now - terms.HistoryAge, "age", stop);
        while (database.Read(connection => HistoryRetention.Excess(connection, terms.DatabaseBytes)) is { } excess) await DeleteAsync(excess, "size", stop);
    }

    private async Task DeleteAsync(DateTimeOffset before, string cause, CancellationToken stop)
    {
        await WhileAnyAsync(Pieces, cause, connection => HistoryRetention.DeletePieces(connection, before), stop);
        await WhileAnyAsync(null, cause, connection => HistoryRetention.DeleteRest(connection, before), stop);
    }

    private async Task WhileAnyAsync(Counter<long>? counter, string cause, Func<SqliteConnection, int> delete, CancellationToken stop)
    {
        while (await database.WriteAloneAsync(delete) is > 0 and var deleted)
        {
            counter?.Add(deleted, new KeyValuePair<string, object?>("cause", cause));
            stop.ThrowIfCancellationRequested();
        }
    }
}
