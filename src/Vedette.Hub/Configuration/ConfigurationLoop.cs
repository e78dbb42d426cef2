using Microsoft.Extensions.Logging;
using Vedette.Hub.Upkeep;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Configuration;

/// <summary>
/// Keeps a hub to its configuration file: applies it at the start, and again whenever it is another. A file counts when it looked the same
/// twice, a second apart, so that one that is just being written is not taken for whole. A bad one changes nothing.
/// </summary>
internal sealed partial class ConfigurationLoop
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ConfigurationSource source;
    private readonly Applying applying;
    private readonly Database database;
    private readonly Catalogue catalogue;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private ConfigurationFile file;
    private WatchedFiles taken;
    private StorageTerms? begunWith;
    private bool isToBeStored;
    private string? told;

    /// <summary>Reads the file a first time.</summary>
    public ConfigurationLoop(ConfigurationSource source, Applying applying, Database database, Catalogue catalogue, TimeProvider time, ILogger<ConfigurationLoop> logger)
    {
        (this.source, this.applying, this.database, this.catalogue, this.time, this.logger) = (source, applying, database, catalogue, time, logger);
        (file, taken) = Read(WatchedFiles.Look([source.Path]));
    }

    /// <summary>Whether the file as it is now was applied.</summary>
    public bool IsApplied { get; private set; }

    /// <summary>When a file was applied last; null before the first.</summary>
    public DateTimeOffset? AppliedAt { get; private set; }

    /// <summary>How much is kept: as the file says or, when it is bad, as the last good one said.</summary>
    public RetentionTerms Retention()
    {
        begunWith = (file.Problems.Count == 0 ? file.Document.Storage : database.Read(connection => ConfigurationTable.Find(connection, source.Owner))) ?? StorageTerms.None;
        var usual = RetentionTerms.Default;
        return usual with { HistoryAge = begunWith.Keep ?? usual.HistoryAge, DatabaseBytes = begunWith.Size ?? usual.DatabaseBytes };
    }

    /// <summary>Applies the file as it was read; what is wrong with it when no good one of its name was ever applied, which leaves nothing to begin with.</summary>
    public async Task<IReadOnlyList<string>> BeginAsync()
    {
        var problems = await ApplyAsync();
        if (!IsApplied && !applying.HasChecksOf(source.Owner) && database.Read(connection => ConfigurationTable.Find(connection, source.Owner)) is null) return problems;
        Tell(problems);
        return [];
    }

    /// <summary>Follows the file until stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var seen = taken; ;)
        {
            await Task.Delay(Every, time, stop);
            var before = seen;
            seen = WatchedFiles.Look([source.Path, .. file.SecretFiles]);
            if ((seen.IsAs(taken) && !isToBeStored) || !seen.IsAs(before)) continue;
            (file, taken) = Read(seen);
            seen = taken;
            Tell(await ApplyAsync());
        }
    }

    // Looked at before it is read, so that what is written after that is another look.
    private (ConfigurationFile File, WatchedFiles Look) Read(WatchedFiles look)
    {
        var read = ConfigurationFile.Read(source.Path, catalogue, isOfHub: true);
        return (read, WatchedFiles.Look([source.Path, .. read.SecretFiles], earlier: look));
    }

    private async Task<IReadOnlyList<string>> ApplyAsync()
    {
        IsApplied = isToBeStored = false;
        if (file.Problems is { Count: > 0 } problems) return problems;
        try
        {
            switch (await applying.ApplyAsync(file.Document, new ApplyTerms(source.Owner, Plan: false, source.Prune, Remember: true)))
            {
                case ApplyOutcome.Done done: Note(done.Applied); return [];
                case ApplyOutcome.Invalid invalid: return file.Place(invalid.Problems);
                case ApplyOutcome.Conflict conflict: return file.Place(conflict.Problems);
                case var other: throw new InvalidOperationException($"An outcome that nobody knows: {other}");
            }
        }
        catch (StateException e)
        {
            // The disk may take it later.
            isToBeStored = true;
            return [e.Message];
        }
    }

    // What is tried again and again is told once.
    private void Tell(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0 && told != problems[0]) NotApplied(logger, source.Path, problems.Count, problems[0]);
        told = isToBeStored ? problems[0] : null;
    }

    private void Note(AppliedConfiguration applied)
    {
        (IsApplied, AppliedAt) = (true, time.GetUtcNow());
        Applied(logger, source.Path, applied.Added, applied.Changed, applied.Removed, applied.Unchanged);
        if (applied.Kept > 0) Kept(logger, applied.Kept, source.Path, string.Join(", ", applied.Steps.Where(step => step.Action == StepAction.Keep).Select(step => step.Id).Take(5)));
        if ((file.Document.Storage ?? StorageTerms.None) != begunWith) StorageWaits(logger, source.Path);
    }

    [LoggerMessage(341, LogLevel.Information, "{File} was applied: {Added} added, {Changed} changed, {Removed} removed, {Unchanged} unchanged.")]
    private static partial void Applied(ILogger logger, string file, int added, int changed, int removed, int unchanged);

    [LoggerMessage(342, LogLevel.Warning, "{File} was not applied and everything stays as it was; {Count} problems, the first: {Problem}")]
    private static partial void NotApplied(ILogger logger, string file, int count, string problem);

    [LoggerMessage(343, LogLevel.Warning, "{Count} checks are not in {File} any more and stay, because up was started without --prune: {Ids}.")]
    private static partial void Kept(ILogger logger, int count, string file, string ids);

    [LoggerMessage(344, LogLevel.Warning, "The storage section of {File} changed, which takes effect when the hub is started again.")]
    private static partial void StorageWaits(ILogger logger, string file);
}
