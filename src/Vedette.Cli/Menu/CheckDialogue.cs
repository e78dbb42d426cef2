using System.Collections.Immutable;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Menu;

/// <summary>Asks for what makes a check, refusing at once what the rules of checks refuse, and gives the words of the verb that takes it.</summary>
internal sealed class CheckDialogue(Dialogue dialogue, Catalogue catalogue)
{
    private const string End = "done";
    private const string Leave = "back";
    private const string Away = "-";

    private readonly CheckRules rules = new(catalogue);

    /// <summary>The words of <c>check add</c>; null when the person left.</summary>
    /// <param name="taken">The ids in use.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<string[]?> AddAsync(IReadOnlySet<string> taken, CancellationToken cancellation)
    {
        if (await BeginAsync(cancellation) is not (var kind, var target)) return null;
        var draft = new CheckDraft { Kind = kind.Kind, Target = target };
        var made = rules.Create(draft, taken.Contains, new Problems())!;
        if (await dialogue.AskAsync("id, for ever", made.Id, answer => taken.Contains(answer) ? $"there is a check '{answer}' already" : Problem(draft with { Id = answer }), cancellation) is not { } id) return null;
        if (await IntervalAsync(CheckDefaults.Interval, every => Problem(draft with { Interval = every }), cancellation) is not { } interval) return null;
        if (await SetAsync(kind, Parameters.Empty, given => Problem(draft with { Interval = interval, Parameters = given }), cancellation) is not { } set) return null;
        return ["check", "add", kind.Kind, target, "--id", id, "--every", Durations.Format(interval), .. set];
    }

    /// <summary>The words of <c>check run</c>; null when the person left.</summary>
    public async Task<string[]?> RunAsync(CancellationToken cancellation)
    {
        if (await BeginAsync(cancellation) is not (var kind, var target)) return null;
        var set = await SetAsync(kind, Parameters.Empty, given => Problem(new CheckDraft { Kind = kind.Kind, Target = target, Parameters = given }), cancellation);
        return set is null ? null : ["check", "run", kind.Kind, target, .. set];
    }

    /// <summary>The words of <c>check edit</c>; null when the person left or changed nothing.</summary>
    public async Task<string[]?> EditAsync(Check check, CancellationToken cancellation)
    {
        if (catalogue.Find(check.Kind) is not { } kind) throw new UserError($"this program does not know the kind '{Plain.Foreign(check.Kind)}'; use the program of the hub's version", ExitCodes.Unavailable);
        if (await dialogue.AskAsync($"target, a {kind.TargetForm}", check.Target, kind.RefuseTarget, cancellation) is not { } target) return null;
        if (await IntervalAsync(check.Interval, every => Problem(new CheckDraft { Interval = every }, check), cancellation) is not { } interval) return null;
        if (await SetAsync(kind, check.Parameters, given => Problem(new CheckDraft { Interval = interval, Parameters = given }, check), cancellation) is not { } set) return null;
        string[] changes = [.. target == check.Target ? Array.Empty<string>() : ["--target", target], .. interval == check.Interval ? Array.Empty<string>() : ["--every", Durations.Format(interval)], .. set];
        if (changes.Length > 0) return ["check", "edit", check.Id, .. changes];
        await dialogue.SayAsync("nothing was changed");
        return null;
    }

    private async Task<(KindDescriptor Kind, string Target)?> BeginAsync(CancellationToken cancellation)
    {
        if (await dialogue.ChooseAsync("Which kind?", [.. catalogue.Select(known => (known.Kind, known.Summary))], cancellation) is not { } name) return null;
        var kind = catalogue.Find(name)!;
        return await dialogue.AskAsync($"target, a {kind.TargetForm}", null, kind.RefuseTarget, cancellation) is { } target ? (kind, target) : null;
    }

    private async Task<TimeSpan?> IntervalAsync(TimeSpan usual, Func<TimeSpan, string?> refuse, CancellationToken cancellation)
    {
        var interval = usual;
        var answered = await dialogue.AskAsync("every", Durations.Format(usual), answer => Durations.TryParse(answer, out interval) ? refuse(interval) : $"'{answer}' is not a duration such as 20ms, 2s or 1m", cancellation);
        return answered is null ? null : interval;
    }

    // The options one after the other as the person wants them; of one that has a value an empty text takes it away.
    private async Task<string[]?> SetAsync(KindDescriptor kind, Parameters before, Func<Dictionary<string, ImmutableArray<string>?>, string?> refuse, CancellationToken cancellation)
    {
        var given = new Dictionary<string, ImmutableArray<string>?>();
        while (true)
        {
            var choices = kind.Options.Select(option => (option.Name, $"{option.Summary}{Value(option, given, before)}")).Append((End, "no more options")).Append((Leave, "forget all of this")).ToList();
            if (await dialogue.ChooseAsync($"Options of {kind.Kind}", choices, cancellation, End) is not { } name || name == Leave) return null;
            if (name == End) return [.. given.SelectMany(entry => entry.Value is { } values ? values.SelectMany(value => new[] { "--set", $"{entry.Key}={value}" }) : ["--set", $"{entry.Key}="])];
            var option = kind.Option(name)!;
            if (option.Choices.Count > 0) await dialogue.SayAsync($"  one of {string.Join(", ", option.Choices)}");
            var has = !Values(option, given, before).IsEmpty;
            var value = await dialogue.AskAsync(has ? $"{name}, {Away} takes it away" : name, null, answer => has && answer == Away ? null : option.Problem(answer) ?? refuse(new(given) { [name] = [answer] }), cancellation);
            if (has && value == Away && before[name].IsEmpty) given.Remove(name);
            else if (value is not null) given[name] = has && value == Away ? null : [value];
        }
    }

    private static string Value(Option option, Dictionary<string, ImmutableArray<string>?> given, Parameters before)
    {
        var values = Values(option, given, before);
        if (!values.IsEmpty) return $" = {(option.Secret ? KindDescriptor.SecretMask : string.Join(", ", values))}";
        return option.Default is { } usual ? $" ({usual})" : "";
    }

    private static ImmutableArray<string> Values(Option option, Dictionary<string, ImmutableArray<string>?> given, Parameters before) => given.TryGetValue(option.Name, out var changed) ? changed ?? [] : before[option.Name];

    private string? Problem(CheckDraft draft)
    {
        var problems = new Problems();
        rules.Create(draft, _ => false, problems);
        return Said(problems);
    }

    // A secret is masked where the hub shows it, and the mask need not be a value that would do: only what is new is judged.
    private string? Problem(CheckDraft draft, Check check)
    {
        var problems = new Problems();
        rules.Edit(draft, check, problems);
        return Said(problems);
    }

    private static string? Said(Problems problems) => problems.None ? null : string.Join("; ", problems.Found);
}
