using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Vedette.History;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Upkeep;

/// <summary>Tells of damaged history: each piece once in the log, however often somebody meets it.</summary>
internal sealed partial class DamageReport(ILogger<DamageReport> logger)
{
    private const int MostRemembered = 10_000;

    private static readonly Counter<long> Damaged = Telemetry.Meter.CreateCounter<long>("vedette.hub.damaged_history", "{piece}", "Batches and blocks of history that turned out to be damaged.");

    private readonly ConcurrentDictionary<string, bool> told = new();

    /// <summary>Takes note of a piece that cannot be read.</summary>
    public void Tell(HistoryDamage damage)
    {
        if (told.Count >= MostRemembered || !told.TryAdd(damage.Piece, true)) return;
        Damaged.Add(1);
        PieceDamaged(logger, damage.Piece, damage.From is null ? "" : $", {damage.From:u} to {damage.To:u},", damage.Problem);
    }

    /// <summary>Takes note of batches that a start could not save.</summary>
    public void Tell(BatchLoss loss, string file)
    {
        Damaged.Add(loss.Lost.Count);
        BatchesLost(logger, file, loss.Kept, loss.Lost.Count, loss.Lost.Count == 0 ? "" : $" ({loss.Lost[0]} to {loss.Lost[^1]})");
    }

    [LoggerMessage(352, LogLevel.Error, "Pages of {File} were damaged where results wait to be compacted: {Kept} batches were saved, {Lost} are known to be lost{Numbers}, and everything goes on. For a file without damaged pages run vedette backup FILE, stop the hub, run vedette restore FILE, and look at the disk.")]
    private static partial void BatchesLost(ILogger logger, string file, int kept, int lost, string numbers);

    [LoggerMessage(351, LogLevel.Error, "History {Piece}{Time} is damaged, and what it held is lost: {Problem}. Everything else can be read; vedette verify looks for more.")]
    private static partial void PieceDamaged(ILogger logger, string piece, string time, string problem);
}
