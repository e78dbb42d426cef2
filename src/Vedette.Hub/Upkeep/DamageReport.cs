using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Vedette.History;

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

    [LoggerMessage(351, LogLevel.Error, "History {Piece}{Time} is damaged, and what it held is lost: {Problem}. Everything else can be read; vedette verify looks for more.")]
    private static partial void PieceDamaged(ILogger logger, string piece, string time, string problem);
}
