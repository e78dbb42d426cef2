using Microsoft.Data.Sqlite;
using Vedette.Hub.Checks;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Configuration;

/// <summary>What became of applying a configuration.</summary>
internal abstract record ApplyOutcome
{
    public sealed record Done(AppliedConfiguration Applied) : ApplyOutcome;

    public sealed record Invalid(IReadOnlyList<Problem> Problems) : ApplyOutcome;

    /// <summary>It is right in itself, but the checks are another's.</summary>
    public sealed record Conflict(IReadOnlyList<Problem> Problems) : ApplyOutcome;
}

/// <summary>How a configuration is to be applied.</summary>
/// <param name="Owner">Its name, which owns the checks it names.</param>
/// <param name="Plan">Only say what would be done.</param>
/// <param name="Prune">Remove the checks of this owner that it does not name.</param>
/// <param name="Remember">Whether it is the hub's own, whose terms of storage are kept for when it is broken.</param>
internal sealed record ApplyTerms(string Owner, bool Plan, bool Prune, bool Remember = false);

/// <summary>
/// Applies configurations as a whole: what is wrong is told at once and changes nothing; what is right is one transaction, then one change in
/// memory, at the agents and on screens.
/// </summary>
internal sealed class Applying(Database database, CheckRegistry registry, CheckChanges effects, Catalogue catalogue, TimeProvider time)
{
    private const int LongestOwner = 128;

    private readonly EntryRules rules = new(catalogue);

    /// <summary>Adds, changes and, if asked to, removes checks until they are what the configuration says.</summary>
    public async Task<ApplyOutcome> ApplyAsync(ConfigurationDocument document, ApplyTerms terms)
    {
        await registry.Turn.WaitAsync();
        try
        {
            var (invalid, conflicts) = (new Problems(), new Problems());
            if (RefuseOwner(terms.Owner) is { } refused) invalid.Add("", refused);
            // Half of a file that lost its end must not be taken for one that wants everything gone.
            if (terms.Prune && document.Checks is null) invalid.Add(ConfigurationDocument.ChecksKey, "is missing, which with prune would remove every check of this owner; write 'checks: []' to do that");
            var changes = (document.Checks ?? []).Select(entry => Plan(entry, terms, invalid, conflicts)).OfType<PlannedChange>().ToList();
            if (!invalid.None) return new ApplyOutcome.Invalid(invalid.Found);
            if (!conflicts.None) return new ApplyOutcome.Conflict(conflicts.Found);
            var unlisted = Unlisted(changes, terms.Owner);
            if (!terms.Plan) await CommitAsync(document, terms, changes, unlisted);
            return new ApplyOutcome.Done(Report(terms, changes, unlisted));
        }
        finally
        {
            registry.Turn.Release();
        }
    }

    /// <summary>Whether there are checks of an owner.</summary>
    public bool HasChecksOf(string owner) => registry.All.Any(record => record.Origin.Owner == owner);

    /// <summary>Adds everything that is wrong with a document without a look at what is stored.</summary>
    public void Validate(ConfigurationDocument document, Problems problems) => rules.Validate(document, problems);

    /// <summary>What is wrong with the name of an owner, or null.</summary>
    public static string? RefuseOwner(string owner) => owner.Length is 0 or > LongestOwner || owner.Any(char.IsControl)
        ? $"the owner is 1 to {LongestOwner} characters, such as the name of the file; give another with --as"
        : null;

    private PlannedChange? Plan(CheckEntry entry, ApplyTerms terms, Problems invalid, Problems conflicts)
    {
        var before = entry.Draft.Id is { } id ? registry.Find(id) : null;
        if (before?.Origin.Owner is { } other && other != terms.Owner)
            conflicts.Add(entry.Path, $"'{before.Check.Id}' belongs to {other}; take it out there and apply that with --prune, or apply this in its place with --as {other}");
        if (rules.Make(entry, terms.Owner, before, invalid) is not ({ } check, { } origin)) return null;
        var lifecycle = entry.Lifecycle ?? before?.Lifecycle ?? Lifecycle.Active;
        return new(before, check, origin, lifecycle, before is null ? [] : Differences.Of(before, check, origin, lifecycle, catalogue.Find(check.Kind)));
    }

    private List<CheckRecord> Unlisted(List<PlannedChange> changes, string owner)
    {
        var listed = changes.Select(change => change.Check.Id).ToHashSet();
        return [.. registry.All.Where(record => record.Origin.Owner == owner && !listed.Contains(record.Check.Id))];
    }

    private static AppliedConfiguration Report(ApplyTerms terms, List<PlannedChange> changes, List<CheckRecord> unlisted)
    {
        var steps = changes.Where(change => change.IsChange)
            .Select(change => new AppliedStep(change.Check.Id, change.Before is null ? StepAction.Add : StepAction.Change, change.Check.Kind, change.Check.Target, change.Changes))
            .Concat(unlisted.Select(record => new AppliedStep(record.Check.Id, terms.Prune ? StepAction.Remove : StepAction.Keep, record.Check.Kind, record.Check.Target, [])))
            .OrderBy(step => step.Id, StringComparer.Ordinal).ToList();
        return new(terms.Owner, terms.Plan, Count(StepAction.Add), Count(StepAction.Change), Count(StepAction.Remove), Count(StepAction.Keep), changes.Count(change => !change.IsChange), steps);

        int Count(StepAction action) => steps.Count(step => step.Action == action);
    }

    private async Task CommitAsync(ConfigurationDocument document, ApplyTerms terms, List<PlannedChange> changes, List<CheckRecord> unlisted)
    {
        changes = changes.FindAll(change => change.IsChange);
        if (!terms.Prune) unlisted = [];
        if (changes.Count == 0 && unlisted.Count == 0 && !terms.Remember) return;
        var now = time.GetUtcNow();
        var records = await database.WriteAsync(connection =>
        {
            if (terms.Remember) ConfigurationTable.Put(connection, terms.Owner, document.Storage ?? StorageTerms.None);
            foreach (var record in unlisted) CheckTable.Delete(connection, record.Key);
            return changes.ConvertAll(change => Write(connection, change, now));
        });
        effects.TakeEffect(records, unlisted);
    }

    private CheckRecord Write(SqliteConnection connection, PlannedChange change, DateTimeOffset now)
    {
        var (check, origin, lifecycle) = (change.Check, change.Origin, change.Lifecycle);
        if (change.Before is not { } before) return effects.Add(connection, check, lifecycle, now, origin);
        var after = (check == before.Check ? before : before.With(check, now)) with { Origin = origin };
        if (lifecycle != before.Lifecycle) after = after.With(lifecycle, now);
        CheckChanges.Write(connection, before, after, now, $"applied from {origin.Owner}");
        return after;
    }

    private sealed record PlannedChange(CheckRecord? Before, Check Check, Origin Origin, Lifecycle Lifecycle, IReadOnlyList<ValueChange> Changes)
    {
        public bool IsChange => Before is null || Changes.Count > 0;
    }
}
