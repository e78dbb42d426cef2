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
        if (loss.Problem is { } problem)
        {
            BatchesNotSaved(logger, file, problem);
            return;
        }

        Damaged.Add(loss.Lost.Count);
        BatchesLost(logger, file, loss.Kept, Numbers(loss));
    }

    /// <summary>Says that nothing is deleted because of the size of all, which nobody knows.</summary>
    public void TellOfUnusedPages(string file) => SizeUnknown(logger, file);

    private static string Numbers(BatchLoss loss) => (loss.Lost, loss.IsAll) switch
    {
        ([], true) => "none is lost",
        ([], false) => "how many are lost is not known",
        ([var first, .., var last], true) => $"{loss.Lost.Count} are lost ({first} to {last})",
        ([var first, .., var last], false) => $"{loss.Lost.Count} are known to be lost ({first} to {last}), and how many more is not known",
        ([var only], true) => $"1 is lost ({only})",
        ([var only], false) => $"1 is known to be lost ({only}), and how many more is not known",
    };

    [LoggerMessage(352, LogLevel.Error, "Pages of {File} were damaged where results wait to be compacted: {Kept} batches were saved, {Lost}, and everything goes on; look at the disk.")]
    private static partial void BatchesLost(ILogger logger, string file, int kept, string lost);

    [LoggerMessage(353, LogLevel.Error, "Pages of {File} are damaged where results wait to be compacted, and nothing was changed: {Problem}. The next start tries again.")]
    private static partial void BatchesNotSaved(ILogger logger, string file, string problem);

    [LoggerMessage(354, LogLevel.Warning, "{File} has damaged pages that nothing uses, so that nobody knows how much it holds: no history is deleted because of its size until the file is copied. Run vedette backup FILE, stop the hub at once, and run vedette restore FILE; what is stored between the backup and the stop is not in the copy.")]
    private static partial void SizeUnknown(ILogger logger, string file);

    [LoggerMessage(351, LogLevel.Error, "History {Piece}{Time} is damaged, and what it held is lost: {Problem}. Everything else can be read; vedette verify looks for more.")]
    private static partial void PieceDamaged(ILogger logger, string piece, string time, string problem);
}
