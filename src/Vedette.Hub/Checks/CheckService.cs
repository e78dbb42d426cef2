using System.Diagnostics.CodeAnalysis;
using Vedette.State;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Checks;

/// <summary>What became of a change: the check as it is now, or why nothing was changed.</summary>
internal abstract record Outcome
{
    public sealed record Done(CheckRecord Record) : Outcome;

    public sealed record Invalid(IReadOnlyList<Problem> Problems) : Outcome;

    public sealed record NotFound(string Sentence) : Outcome;

    public sealed record Conflict(string Sentence) : Outcome;
}

/// <summary>Adds, edits, pauses, resumes, stops, starts and removes checks: durable first, then in memory, on agents and on screens.</summary>
internal sealed class CheckService(Database database, CheckRegistry registry, CheckChanges changes, Catalogue catalogue, TimeProvider time)
{
    private readonly CheckRules rules = new(catalogue);

    /// <summary>Adds a check, active at once.</summary>
    public Task<Outcome> AddAsync(CheckDraft draft) => InTurnAsync(async () =>
    {
        var problems = new Problems();
        var check = rules.Create(draft, id => registry.Find(id) is not null, problems);
        if (Refuse(check, draft, problems)) return new Outcome.Invalid(problems.Found);
        if (registry.Find(check.Id) is not null) return new Outcome.Conflict($"the id '{check.Id}' is taken; give another, or edit that check");
        var now = time.GetUtcNow();
        return TakeEffect(await database.WriteAsync(connection => changes.Add(connection, check, Lifecycle.Active, now, Origin.Hand)));
    });

    /// <summary>Changes what the draft gives.</summary>
    public Task<Outcome> EditAsync(string id, CheckDraft draft) => OnAsync(id, async record =>
    {
        if (record.Origin.Owner is { } owner) return new Outcome.Conflict($"'{id}' belongs to {owner}; change it there, and apply that");
        var problems = new Problems();
        var check = rules.Edit(draft, record.Check, problems);
        if (Refuse(check, draft, problems)) return new Outcome.Invalid(problems.Found);
        var now = time.GetUtcNow();
        return check == record.Check ? new Outcome.Done(record) : await ReplaceAsync(record, record.With(check, now), now);
    });

    /// <summary>Moves a check in its life: <c>pause</c>, <c>resume</c>, <c>stop</c>, <c>start</c>. Repeating one is no change.</summary>
    public Task<Outcome> MoveAsync(string id, string verb) => OnAsync(id, async record =>
    {
        if (Target(record.Lifecycle, verb) is not { } lifecycle)
            return new Outcome.Conflict(record.Lifecycle == Lifecycle.Stopped ? $"'{id}' is stopped; start it with: vedette check start {id}" : $"'{id}' is paused; resume it with: vedette check resume {id}");
        var now = time.GetUtcNow();
        return lifecycle == record.Lifecycle ? new Outcome.Done(record) : await ReplaceAsync(record, record.With(lifecycle, now), now);
    });

    /// <summary>Removes a check; nothing reads its history from then on, and it is deleted in small steps.</summary>
    public Task<Outcome> RemoveAsync(string id) => OnAsync(id, async record =>
    {
        if (record.Origin.Owner is { } owner) return new Outcome.Conflict($"'{id}' belongs to {owner}; take it out there, and apply that with --prune");
        await database.WriteAsync(connection =>
        {
            CheckTable.Delete(connection, record.Key);
            return true;
        });
        changes.TakeEffect([], [record]);
        return new Outcome.Done(record);
    });

    /// <summary>Says that there is no such check, with the nearest there is.</summary>
    public string NoSuch(string id) => registry.All is { Count: > 0 } all
        ? Nearest.To(id, all.Select(record => record.Check.Id)) is { } near ? $"there is no check '{id}'; did you mean '{near}'?" : $"there is no check '{id}'; see them with: vedette check list"
        : $"there is no check '{id}', nor any other; add one with: vedette check add KIND TARGET";

    private static Lifecycle? Target(Lifecycle from, string verb) => verb switch
    {
        "pause" => from == Lifecycle.Stopped ? null : Lifecycle.Paused,
        "resume" => from == Lifecycle.Stopped ? null : Lifecycle.Active,
        "stop" => Lifecycle.Stopped,
        _ => from == Lifecycle.Paused ? null : Lifecycle.Active,
    };

    // Whoever reads a check and sends it back sends masks; taken for secrets they would destroy the real ones.
    private bool Refuse([NotNullWhen(false)] Check? check, CheckDraft draft, Problems problems)
    {
        if (check is null) return true;
        var kind = catalogue.Find(check.Kind)!;
        foreach (var (name, values) in draft.Parameters)
            if (kind.Option(name) is { Secret: true } && values?.Contains(KindDescriptor.SecretMask) == true)
                problems.Add($"set.{name}", $"'{KindDescriptor.SecretMask}' stands for a secret that is not shown; give the secret, or leave it out to keep it");
        if (CheckSize.Problem(check) is { } large) problems.Add("", large);
        return !problems.None;
    }

    private async Task<Outcome> ReplaceAsync(CheckRecord before, CheckRecord after, DateTimeOffset now)
    {
        await database.WriteAsync(connection =>
        {
            CheckChanges.Write(connection, before, after, now, "edited");
            return true;
        });
        return TakeEffect(after);
    }

    private Outcome.Done TakeEffect(CheckRecord record)
    {
        changes.TakeEffect([record], []);
        return new(record);
    }

    private Task<Outcome> OnAsync(string id, Func<CheckRecord, Task<Outcome>> change) =>
        InTurnAsync(async () => registry.Find(id) is { } record ? await change(record) : new Outcome.NotFound(NoSuch(id)));

    private async Task<Outcome> InTurnAsync(Func<Task<Outcome>> change)
    {
        await registry.Turn.WaitAsync();
        try
        {
            return await change();
        }
        finally
        {
            registry.Turn.Release();
        }
    }
}
