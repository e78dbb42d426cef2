using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Vedette;

/// <summary>Makes complete checks out of drafts: fills defaults, applies edits, and reports everything that is wrong at once.</summary>
public sealed partial class CheckRules(Catalogue catalogue)
{
    private const int LongestName = 200;
    private const int MostRuns = 1000;

    /// <summary>A new check; null with problems added when the draft will not do.</summary>
    /// <param name="draft">Kind and target at least.</param>
    /// <param name="taken">Ids in use, for making one when the draft has none.</param>
    /// <param name="problems">What is wrong.</param>
    public Check? Create(CheckDraft draft, Func<string, bool> taken, Problems problems)
    {
        var kind = Kind(draft.Kind, problems);
        if (draft.Target is null) problems.Add("target", kind is null ? "is missing" : $"is missing; give a {kind.TargetForm}");
        var interval = draft.Interval ?? CheckDefaults.Interval;
        // What is wrong besides is told, too, though nothing comes of it.
        var blank = new Check
        {
            Id = draft.Id ?? MakeId(draft.Kind ?? "check", draft.Target ?? "", taken),
            Kind = draft.Kind ?? "",
            Target = draft.Target ?? "",
            Interval = interval,
            Timeout = Shorter(kind?.DefaultTimeout ?? interval, interval),
        };
        return Apply(draft with { Id = null, Kind = null, Target = null }, blank, kind, problems, hasTarget: draft.Target is not null);
    }

    /// <summary>An existing check with what the draft changes; null with problems added when that will not do.</summary>
    public Check? Edit(CheckDraft draft, Check check, Problems problems)
    {
        if (draft.Id is not null && draft.Id != check.Id) problems.Add("id", "cannot be changed; remove the check and add it under the new id");
        if (draft.Kind is not null && draft.Kind != check.Kind) problems.Add("kind", "cannot be changed; remove the check and add it with the new kind");
        if (Kind(check.Kind, problems) is not { } kind) return null;
        return Apply(draft, check, kind, problems);
    }

    /// <summary>The timeout of a check that gives none.</summary>
    public static TimeSpan UsualTimeout(KindDescriptor kind, TimeSpan interval) => Shorter(kind.DefaultTimeout, interval);

    private static Check? Apply(CheckDraft draft, Check check, KindDescriptor? kind, Problems problems, bool hasTarget = true)
    {
        var interval = draft.Interval ?? check.Interval;
        // A timeout nobody chose follows the interval; one that somebody chose is kept, or refused below.
        var usual = kind?.DefaultTimeout ?? check.Timeout;
        var timeoutWasDefault = check.Timeout == Shorter(usual, check.Interval);
        var edited = check with
        {
            Target = draft.Target ?? check.Target,
            Name = draft.Name is "" ? null : draft.Name ?? check.Name,
            Interval = interval,
            Timeout = draft.Timeout ?? (timeoutWasDefault ? Shorter(usual, interval) : check.Timeout),
            Parameters = Merge(check.Parameters, draft.Parameters),
            Assertions = draft.Assertions ?? check.Assertions,
            Agents = draft.Agents ?? check.Agents,
            FailAfter = draft.FailAfter ?? check.FailAfter,
            RecoverAfter = draft.RecoverAfter ?? check.RecoverAfter,
            DownWhen = draft.DownWhen ?? check.DownWhen,
            DependsOn = draft.DependsOn ?? check.DependsOn,
            Labels = Merge(check.Labels, draft.Labels),
        };
        Validate(edited, problems);
        if (kind is not null) Validate(edited, kind, hasTarget, problems);
        return problems.None ? edited : null;
    }

    private static void Validate(Check check, Problems problems)
    {
        if (!Word.Fits(check.Id)) problems.Add("id", $"'{check.Id}' will not do; use 1 to 64 letters, digits, dots, underscores and hyphens, a letter or digit first");
        if (check.Name?.Length > LongestName) problems.Add("name", $"is longer than {LongestName} characters");
        ValidateTimes(check, problems);
        if (check.FailAfter is < 1 or > MostRuns) problems.Add("failAfter", $"{check.FailAfter} is outside 1 to {MostRuns}");
        if (check.RecoverAfter is < 1 or > MostRuns) problems.Add("recoverAfter", $"{check.RecoverAfter} is outside 1 to {MostRuns}");
        if (!IsDownRule(check.DownWhen)) problems.Add("downWhen", $"'{check.DownWhen}' is not any, majority, all or a number of agents");
        if (check.Agents.Count == 0) problems.Add("agents", $"is empty; name at least one, such as {CheckDefaults.BuiltInAgent}");
        foreach (var name in check.Labels.Select(label => label.Key).Where(name => !LabelPattern.IsMatch(name)))
            problems.Add($"labels.{name}", "is not a label name; use letters, digits and underscores, a letter or underscore first");
    }

    private static void Validate(Check check, KindDescriptor kind, bool hasTarget, Problems problems)
    {
        kind.Validate(hasTarget ? check.Target : null, check.Parameters, problems);
        for (var i = 0; i < check.Assertions.Count; i++) Assertion.Parse(check.Assertions[i], kind, $"assert[{i}]", problems);
    }

    /// <summary>Adds every problem of interval and timeout.</summary>
    public static void ValidateTimes(Check check, Problems problems)
    {
        if (check.Interval < CheckDefaults.ShortestInterval || check.Interval > CheckDefaults.LongestInterval)
            problems.Add("every", $"{Durations.Format(check.Interval)} is outside {Durations.Format(CheckDefaults.ShortestInterval)} to {Durations.Format(CheckDefaults.LongestInterval)}");
        if (check.Timeout < CheckDefaults.ShortestTimeout) problems.Add("timeout", $"{Durations.Format(check.Timeout)} is shorter than {Durations.Format(CheckDefaults.ShortestTimeout)}");
        if (check.Timeout > check.Interval)
            problems.Add("timeout", $"{Durations.Format(check.Timeout)} is longer than the interval of {Durations.Format(check.Interval)}; runs of one check never overlap");
    }

    private KindDescriptor? Kind(string? kind, Problems problems)
    {
        string[] known = [.. catalogue.Select(k => k.Kind)];
        if (kind is null)
        {
            problems.Add("kind", $"is missing; known are: {string.Join(", ", known)}");
            return null;
        }

        var descriptor = catalogue.Find(kind);
        if (descriptor is null) problems.Add("kind", $"'{kind}' is not known; {Nearest.Hint(kind, known)}");
        return descriptor;
    }

    private static Parameters Merge(Parameters parameters, IReadOnlyDictionary<string, ImmutableArray<string>?> changes) =>
        changes.Aggregate(parameters, (merged, change) => change.Value is { } values ? merged.With(change.Key, values.AsSpan()) : merged.Without(change.Key));

    private static NamedList<string> Merge(NamedList<string> labels, IReadOnlyDictionary<string, string?> changes) =>
        changes.Count == 0 ? labels : new(labels.Where(label => !changes.ContainsKey(label.Key))
            .Concat(changes.Where(change => change.Value is not null).Select(change => new KeyValuePair<string, string>(change.Key, change.Value!)))
            .OrderBy(label => label.Key, StringComparer.Ordinal));

    private static string MakeId(string kind, string target, Func<string, bool> taken)
    {
        var host = target.Contains("://", StringComparison.Ordinal) ? target[(target.IndexOf("://", StringComparison.Ordinal) + 3)..] : target;
        var slug = NotInId.Replace($"{kind}-{host}", "-").Trim('-', '.');
        if (slug.Length > 56) slug = slug[..56].TrimEnd('-', '.');
        if (!taken(slug)) return slug;
        for (var number = 2; ; number++)
            if ($"{slug}-{number.ToString(CultureInfo.InvariantCulture)}" is var candidate && !taken(candidate)) return candidate;
    }

    private static bool IsDownRule(string rule) =>
        rule is "any" or "majority" or "all" || (int.TryParse(rule, NumberStyles.None, CultureInfo.InvariantCulture, out var agents) && agents > 0);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,63}\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelPattern { get; }

    [GeneratedRegex("[^A-Za-z0-9._-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInId { get; }
}
