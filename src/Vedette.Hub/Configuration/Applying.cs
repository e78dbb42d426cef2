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
internal sealed class Applying(Database database, CheckRegistry registry, CheckChanges changes, Catalogue catalogue, TimeProvider time)
{
    private const int LongestOwner = 128;

    private readonly EntryRules rules = new(catalogue);

    /// <summary>Adds, changes and, if asked to, removes checks until they are what the configuration says.</summary>
    public async Task<ApplyOutcome> ApplyAsync(ConfigurationDocument document, ApplyTerms terms)
    {
        // To judge thousands of checks takes its time, in which results are to be stored: only what it comes to needs the turn.
        var judged = (document.Checks ?? []).Select(entry => Judge(entry, terms.Owner)).ToList();
        if (Refuse(document, terms, judged) is { } refused) return refused;
        if (terms.Plan) return new ApplyOutcome.Done(Report(terms, judged, Unlisted(judged, terms.Owner)));
        await registry.Turn.WaitAsync();
        try
        {
            judged = judged.ConvertAll(entry => entry.HoldsFor(Find(entry.Entry)) ? entry with { Before = Find(entry.Entry) } : Judge(entry.Entry, terms.Owner));
            if (Refuse(document, terms, judged) is { } late) return late;
            var unlisted = Unlisted(judged, terms.Owner);
            await CommitAsync(document, terms, judged, unlisted);
            return new ApplyOutcome.Done(Report(terms, judged, unlisted));
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

    private CheckRecord? Find(CheckEntry entry) => entry.Draft.Id is { } id ? registry.Find(id) : null;

    private JudgedEntry Judge(CheckEntry entry, string owner)
    {
        var (before, invalid) = (Find(entry), new Problems());
        var conflict = before?.Origin.Owner is { } other && other != owner
            ? new Problem(entry.Path, $"'{before.Check.Id}' belongs to {other}; take it out there and apply that with --prune, or apply this in its place with --as {other}")
            : null;
        if (rules.Make(entry, owner, before, invalid) is not ({ } check, { } origin)) return new(entry, before, null, invalid.Found, conflict);
        var lifecycle = entry.Lifecycle ?? before?.Lifecycle ?? Lifecycle.Active;
        return new(entry, before, new(check, origin, lifecycle, before is null ? [] : Differences.Of(before, check, origin, lifecycle, catalogue.Find(check.Kind))), invalid.Found, conflict);
    }

    private static ApplyOutcome? Refuse(ConfigurationDocument document, ApplyTerms terms, List<JudgedEntry> judged)
    {
        var invalid = new List<Problem>();
        if (RefuseOwner(terms.Owner) is { } refused) invalid.Add(new("", refused));
        // Half of a file that lost its end must not be taken for one that wants everything gone.
        if (terms.Prune && document.Checks is null) invalid.Add(new(ConfigurationDocument.ChecksKey, "is missing, which with prune would remove every check of this owner; write 'checks: []' to do that"));
        invalid.AddRange(judged.SelectMany(entry => entry.Invalid));
        if (invalid.Count > 0) return new ApplyOutcome.Invalid(invalid);
        List<Problem> conflicts = [.. judged.Select(entry => entry.Conflict).OfType<Problem>()];
        return conflicts.Count > 0 ? new ApplyOutcome.Conflict(conflicts) : null;
    }

    private List<CheckRecord> Unlisted(List<JudgedEntry> judged, string owner)
    {
        var listed = judged.Select(entry => entry.Entry.Draft.Id).ToHashSet();
        return [.. registry.All.Where(record => record.Origin.Owner == owner && !listed.Contains(record.Check.Id))];
    }

    private static AppliedConfiguration Report(ApplyTerms terms, List<JudgedEntry> judged, List<CheckRecord> unlisted)
    {
        var steps = judged.Where(entry => entry.IsChange).Select(Step)
            .Concat(unlisted.Select(record => new AppliedStep(record.Check.Id, terms.Prune ? StepAction.Remove : StepAction.Keep, record.Check.Kind, record.Check.Target, [])))
            .OrderBy(step => step.Id, StringComparer.Ordinal).ToList();
        return new(terms.Owner, terms.Plan, Count(StepAction.Add), Count(StepAction.Change), Count(StepAction.Remove), Count(StepAction.Keep), judged.Count(entry => !entry.IsChange), steps);

        static AppliedStep Step(JudgedEntry entry) => new(entry.Goal!.Check.Id, entry.Before is null ? StepAction.Add : StepAction.Change, entry.Goal.Check.Kind, entry.Goal.Check.Target, entry.Goal.Changes);

        int Count(StepAction action) => steps.Count(step => step.Action == action);
    }

    private async Task CommitAsync(ConfigurationDocument document, ApplyTerms terms, List<JudgedEntry> judged, List<CheckRecord> unlisted)
    {
        var changed = judged.FindAll(entry => entry.IsChange);
        if (!terms.Prune) unlisted = [];
        if (changed.Count == 0 && unlisted.Count == 0 && !terms.Remember) return;
        var now = time.GetUtcNow();
        var records = await database.WriteAsync(connection =>
        {
            if (terms.Remember) ConfigurationTable.Put(connection, terms.Owner, document.Storage ?? StorageTerms.None);
            foreach (var record in unlisted) CheckTable.Delete(connection, record.Key);
            return changed.ConvertAll(entry => Write(connection, entry.Before, entry.Goal!, now));
        });
        changes.TakeEffect(records, unlisted);
    }

    private CheckRecord Write(SqliteConnection connection, CheckRecord? before, Goal goal, DateTimeOffset now)
    {
        if (before is null) return changes.Add(connection, goal.Check, goal.Lifecycle, now, goal.Origin);
        var after = (goal.Check == before.Check ? before : before.With(goal.Check, now)) with { Origin = goal.Origin };
        if (goal.Lifecycle != before.Lifecycle) after = after.With(goal.Lifecycle, now);
        CheckChanges.Write(connection, before, after, now, $"applied from {goal.Origin.Owner}");
        return after;
    }

    /// <summary>What a check is to be, and what of it is another than now.</summary>
    private sealed record Goal(Check Check, Origin Origin, Lifecycle Lifecycle, IReadOnlyList<ValueChange> Changes);

    /// <summary>What an entry comes to with the check that is there.</summary>
    private sealed record JudgedEntry(CheckEntry Entry, CheckRecord? Before, Goal? Goal, IReadOnlyList<Problem> Invalid, Problem? Conflict)
    {
        public bool IsChange => Before is null || Goal is { Changes.Count: > 0 };

        // Runs make another record of a check all the time, and nothing here depends on them.
        public bool HoldsFor(CheckRecord? now) => Before is null || now is null
            ? Before == now
            : Before.Key == now.Key && ReferenceEquals(Before.Check, now.Check) && ReferenceEquals(Before.Origin, now.Origin) && Before.Lifecycle == now.Lifecycle;
    }
}
