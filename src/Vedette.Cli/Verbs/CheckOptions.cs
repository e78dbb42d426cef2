using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;

namespace Vedette.Cli.Verbs;

/// <summary>The arguments and options that describe a check, and the draft they make.</summary>
internal sealed class CheckOptions
{
    // Shells complete by these names, too.
    public const string KindName = "KIND";
    public const string SetName = "--set";
    public const string DependsOnName = "--depends-on";

    private readonly Catalogue catalogue;
    private readonly Argument<string> kind;
    private readonly Argument<string> target = new("TARGET") { Description = "Whom to probe, in the form the kind asks for." };
    private readonly Option<string?> newTarget = new("--target") { Description = "Whom to probe from now on.", HelpName = "TARGET" };
    private readonly Option<string?> id = new("--id") { Description = "The check's id, for ever; made of kind and target when not given.", HelpName = "ID" };
    private readonly Option<string?> name = new("--name") { Description = "What people call it.", HelpName = "NAME" };
    private readonly Option<string?> every = new("--every") { Description = "The time from one run to the next, at least 1s (30s).", HelpName = "DURATION" };
    private readonly Option<string?> timeout = new("--timeout") { Description = "The deadline of one run, such as 500ms or 2s.", HelpName = "DURATION" };
    private readonly Option<string[]> agents = new("--agents") { Description = "Who runs it; may be repeated (local, the agent in the hub, which is the only one as yet).", HelpName = "SELECTOR" };
    private readonly Option<string[]> set = new(SetName) { Description = "An option of the kind; may be repeated.", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> assertions = new("--assert") { Description = "What must hold of a run that is up, such as \"connect < 50ms\"; may be repeated.", HelpName = "EXPR" };
    private readonly Option<string[]> labels = new("--label") { Description = "A label; may be repeated.", HelpName = "NAME=VALUE" };
    private readonly Option<string?> failAfter = new("--fail-after") { Description = "Failed runs in a row before it is down (2).", HelpName = "RUNS" };
    private readonly Option<string?> recoverAfter = new("--recover-after") { Description = "Good runs in a row before it is up again (1).", HelpName = "RUNS" };
    private readonly Option<string?> downWhen = new("--down-when") { Description = "How many of its agents must see it down: any, majority, all or a number (majority).", HelpName = "WHEN" };
    private readonly Option<string[]> dependsOn = new(DependsOnName) { Description = "The id of a check without which this one cannot be up; may be repeated. Kept and shown, not judged by as yet.", HelpName = "ID" };

    public CheckOptions(Catalogue catalogue)
    {
        this.catalogue = catalogue;
        kind = new(KindName) { Description = $"One of {string.Join(", ", catalogue.Select(known => known.Kind))}." };
        downWhen.CompletionSources.Add(["any", "majority", "all"]);
        agents.CompletionSources.Add([CheckDefaults.BuiltInAgent]);
    }

    /// <summary>What one run needs.</summary>
    public void AddRunTo(Command command) => Add(command, kind, target, timeout, set, assertions);

    /// <summary>What a new check may say.</summary>
    public void AddNewTo(Command command) =>
        Add(command, kind, target, id, name, every, timeout, agents, set, assertions, labels, failAfter, recoverAfter, downWhen, dependsOn);

    /// <summary>What may be changed of a check.</summary>
    public void AddChangesTo(Command command) =>
        Add(command, newTarget, name, every, timeout, agents, set, assertions, labels, failAfter, recoverAfter, downWhen, dependsOn);

    /// <summary>A new check as the user gave it.</summary>
    public CheckDraft Draft(ParseResult parsed, Problems problems) => Changes(parsed, problems, emptyRemoves: false) with
    {
        Kind = parsed.GetRequiredValue(kind),
        Target = parsed.GetRequiredValue(target),
        Id = parsed.GetValue(id),
    };

    /// <summary>The changes that the user gave; an empty value takes an entry or a whole list away.</summary>
    public CheckDraft Changes(ParseResult parsed, Problems problems) => Changes(parsed, problems, emptyRemoves: true);

    /// <summary>For help: the options of the kind that was named, else the names of those of every kind.</summary>
    public string KindHelp(ParseResult parsed)
    {
        if (parsed.GetResult(kind) is { Tokens: [var given, ..] } && catalogue.Find(given.Value) is { } named)
            return $"What {named.Kind} takes with --set, for a {named.TargetForm}:\n{string.Concat(named.Options.Select(Line))}\n";
        return $"What the kinds take with --set (more with a kind in front of --help):\n{string.Concat(catalogue.Select(Names))}\n";

        static string Names(KindDescriptor known) => $"  {known.Kind,-6}{string.Join(' ', known.Options.Select(option => option.Name))}\n";
        static string Line(Option option) => $"  {option.Name,-17}{option.Summary}{(option.Default is { } usual ? $" ({usual})" : "")}\n";
    }

    private CheckDraft Changes(ParseResult parsed, Problems problems, bool emptyRemoves) => new()
    {
        Target = parsed.GetValue(newTarget),
        Name = parsed.GetValue(name),
        Interval = Duration(parsed, every, problems),
        Timeout = Duration(parsed, timeout, problems),
        Parameters = Parameters(parsed, problems, emptyRemoves),
        Assertions = List(parsed, assertions),
        Agents = List(parsed, agents),
        FailAfter = Integer(parsed, failAfter, problems),
        RecoverAfter = Integer(parsed, recoverAfter, problems),
        DownWhen = parsed.GetValue(downWhen),
        DependsOn = List(parsed, dependsOn),
        Labels = Pairs(parsed, labels, problems).GroupBy(pair => pair.Name, pair => pair.Value).ToDictionary(group => group.Key, group => group.Last() is { Length: > 0 } value ? value : null),
    };

    /// <summary>A duration such as 20ms, 2s or 1m; null when the option is not given.</summary>
    public static TimeSpan? Duration(ParseResult parsed, Option<string?> option, Problems problems)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        if (Durations.TryParse(text, out var duration)) return duration;
        problems.Add(option.Name, $"'{text}' is not a duration such as 20ms, 2s or 1m");
        return null;
    }

    /// <summary>A whole number; null when the option is not given.</summary>
    public static int? Integer(ParseResult parsed, Option<string?> option, Problems problems)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        problems.Add(option.Name, $"'{text}' is not a whole number");
        return null;
    }

    private static void Add(Command command, params Symbol[] symbols)
    {
        foreach (var symbol in symbols)
            if (symbol is Argument argument) command.Add(argument);
            else command.Add((System.CommandLine.Option)symbol);
    }

    private static List<string>? List(ParseResult parsed, Option<string[]> option) =>
        parsed.GetResult(option) is null ? null : [.. parsed.GetValue(option)!.Where(text => text.Length > 0)];

    private Dictionary<string, ImmutableArray<string>?> Parameters(ParseResult parsed, Problems problems, bool emptyRemoves) =>
        Pairs(parsed, set, problems).GroupBy(pair => pair.Name).ToDictionary(
            group => group.Key,
            group => emptyRemoves && group.All(pair => pair.Value.Length == 0) ? null : (ImmutableArray<string>?)[.. group.Select(pair => pair.Value)]);

    private static IEnumerable<(string Name, string Value)> Pairs(ParseResult parsed, Option<string[]> option, Problems problems)
    {
        foreach (var text in parsed.GetValue(option) ?? [])
            if (text.IndexOf('=', StringComparison.Ordinal) is var equals and > 0) yield return (text[..equals], text[(equals + 1)..]);
            else problems.Add(option.Name, $"'{text}' is not NAME=VALUE");
    }
}
