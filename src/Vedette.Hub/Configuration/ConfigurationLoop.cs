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
    private const int LongestPause = 64;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ConfigurationSource source;
    private readonly Applying applying;
    private readonly Database database;
    private readonly Catalogue catalogue;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private volatile FollowedConfiguration state;
    private ConfigurationFile file;
    private WatchedFiles taken;
    private string? told;

    // What the disk refused is tried again after so many looks.
    private int pause;
    private int waited;

    /// <summary>Reads the file a first time.</summary>
    /// <exception cref="StateException">What is kept of an earlier one cannot be read.</exception>
    public ConfigurationLoop(ConfigurationSource source, Applying applying, Database database, Catalogue catalogue, TimeProvider time, ILogger<ConfigurationLoop> logger)
    {
        (this.source, this.applying, this.database, this.catalogue, this.time, this.logger) = (source, applying, database, catalogue, time, logger);
        (file, taken) = Read(WatchedFiles.Look([source.Path]));
        state = new(IsApplied: false, AppliedAt: null, Remembered() ?? StorageTerms.None);
    }

    /// <summary>What is in force.</summary>
    public FollowedConfiguration State => state;

    /// <summary>Applies the file as it was read; what is wrong with it when no good one of its name was ever applied, which leaves nothing to begin with.</summary>
    public async Task<IReadOnlyList<string>> BeginAsync()
    {
        var problems = await ApplyAsync();
        if (!state.IsApplied && !applying.HasChecksOf(source.Owner) && Remembered() is null) return problems;
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
            if (!seen.IsAs(before)) continue;
            if (!seen.IsAs(taken)) ((file, taken), pause) = (Read(seen), 0);
            else if (pause == 0 || ++waited < pause) continue;
            seen = taken;
            Tell(await ApplyAsync());
        }
    }

    private StorageTerms? Remembered() => database.Read(connection => ConfigurationTable.Find(connection, source.Owner));

    // Looked at before it is read, so that what is written after that is another look.
    private (ConfigurationFile File, WatchedFiles Look) Read(WatchedFiles look)
    {
        var read = ConfigurationFile.Read(source.Path, catalogue, isOfHub: true);
        return (read, WatchedFiles.Look([source.Path, .. read.SecretFiles], earlier: look));
    }

    // What is in force changes when that is known, not while it is tried.
    private async Task<IReadOnlyList<string>> ApplyAsync()
    {
        var problems = await TryApplyAsync();
        if (problems.Count == 0) state = new(IsApplied: true, time.GetUtcNow(), file.Document.Storage ?? StorageTerms.None);
        else state = state with { IsApplied = false };
        return problems;
    }

    private async Task<IReadOnlyList<string>> TryApplyAsync()
    {
        if (file.Problems is { Count: > 0 } problems) return problems;
        try
        {
            var outcome = await applying.ApplyAsync(file.Document, new ApplyTerms(source.Owner, Plan: false, source.Prune, Remember: true));
            pause = 0;
            switch (outcome)
            {
                case ApplyOutcome.Done done: Note(done.Applied); return [];
                case ApplyOutcome.Invalid invalid: return file.Place(invalid.Problems);
                case ApplyOutcome.Conflict conflict: return file.Place(conflict.Problems);
                default: throw new InvalidOperationException($"An outcome that nobody knows: {outcome}");
            }
        }
        catch (StateException e)
        {
            // The disk may take it later.
            (pause, waited) = (Math.Clamp(2 * pause, 1, LongestPause), 0);
            return [e.Message];
        }
    }

    // What is tried again and again is told once.
    private void Tell(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0 && told != problems[0]) NotApplied(logger, source.Path, problems.Count, problems[0]);
        told = pause > 0 ? problems[0] : null;
    }

    private void Note(AppliedConfiguration applied)
    {
        Applied(logger, source.Path, applied.Added, applied.Changed, applied.Removed, applied.Unchanged);
        if (applied.Kept > 0) Kept(logger, applied.Kept, source.Path, string.Join(", ", applied.Steps.Where(step => step.Action == StepAction.Keep).Select(step => step.Id).Take(5)));
    }

    [LoggerMessage(341, LogLevel.Information, "{File} was applied: {Added} added, {Changed} changed, {Removed} removed, {Unchanged} unchanged.")]
    private static partial void Applied(ILogger logger, string file, int added, int changed, int removed, int unchanged);

    [LoggerMessage(342, LogLevel.Warning, "{File} was not applied and everything stays as it was; {Count} problems, the first: {Problem}")]
    private static partial void NotApplied(ILogger logger, string file, int count, string problem);

    [LoggerMessage(343, LogLevel.Warning, "{Count} checks are not in {File} any more and stay, because up was started without --prune: {Ids}.")]
    private static partial void Kept(ILogger logger, int count, string file, string ids);
}

/// <summary>What became of the file, as one moment.</summary>
/// <param name="IsApplied">Whether it was applied as it is now.</param>
/// <param name="AppliedAt">When one was applied last; null before the first.</param>
/// <param name="Storage">What the last that was applied says of storage, also when that was before this start.</param>
internal sealed record FollowedConfiguration(bool IsApplied, DateTimeOffset? AppliedAt, StorageTerms Storage)
{
    /// <summary>How much is kept.</summary>
    public RetentionTerms Retention => RetentionTerms.Default with { HistoryAge = Storage.Keep ?? RetentionTerms.Default.HistoryAge, DatabaseBytes = Storage.Size ?? RetentionTerms.Default.DatabaseBytes };
}
