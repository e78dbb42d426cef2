namespace Vedette;

/// <summary>
/// Everything that may be known of a kind without its probe: the hub judges and shows by it, the command line completes by it,
/// and checks are validated by it before an agent ever sees them.
/// </summary>
public sealed record KindDescriptor
{
    /// <summary>The word users type: <c>icmp</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>One line: what it measures.</summary>
    public required string Summary { get; init; }

    /// <summary>The form of a target for help: <c>HOST</c>, <c>HOST:PORT</c>, <c>URL</c>.</summary>
    public required string TargetForm { get; init; }

    /// <summary>Says what is wrong with a target, or null; see <see cref="Targets"/>.</summary>
    public required Func<string, string?> RefuseTarget { get; init; }

    /// <summary>The <c>set</c> it understands.</summary>
    public required IReadOnlyList<Option> Options { get; init; }

    /// <summary>The phases of a run in their order.</summary>
    public required IReadOnlyList<string> Phases { get; init; }

    /// <summary>The phase that is this kind's latency, such as the round trip of a ping; null when it is the whole run.</summary>
    public string? LatencyPhase { get; init; }

    /// <summary>The numbers a run gives.</summary>
    public required IReadOnlyList<Measurement> Measurements { get; init; }

    /// <summary>The names of the flat texts a run gives.</summary>
    public required IReadOnlyList<string> Attributes { get; init; }

    /// <summary>The timeout when the check gives none, cut to its interval.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The option of that name, or null.</summary>
    public Option? Option(string name) => Options.FirstOrDefault(option => option.Name == name);

    /// <summary>Every name an assertion may use; <c>duration</c> is the whole run in seconds.</summary>
    public IEnumerable<string> AssertableNames =>
        [.. Phases, .. Measurements.Select(m => m.Name), .. Attributes, Assertion.DurationName];

    /// <summary>Adds every problem of a target, when there is one, and a <c>set</c>.</summary>
    public void Validate(string? target, Parameters parameters, Problems problems)
    {
        if (target is not null && RefuseTarget(target) is { } refused) problems.Add("target", refused);
        foreach (var (name, values) in parameters)
        {
            if (Option(name) is not { } option)
            {
                problems.Add($"set.{name}", $"{Kind} has no option '{name}'; {Nearest.Hint(name, [.. Options.Select(o => o.Name)])}");
                continue;
            }

            if (values.Length > 1 && option is { Repeatable: false, Type: not OptionType.List }) problems.Add($"set.{name}", "is given more than once; give it once");
            foreach (var value in values)
                if (option.Problem(value) is { } problem) problems.Add($"set.{name}", problem);
        }
    }

    /// <summary>The parameters with secrets as <c>***</c>, fit to be shown.</summary>
    public Parameters Mask(Parameters parameters) =>
        Options.Where(option => option.Secret && !parameters[option.Name].IsEmpty)
            .Aggregate(parameters, (masked, option) => masked.With(option.Name, [.. parameters[option.Name].Select(_ => SecretMask)]));

    /// <summary>What stands in the place of a secret.</summary>
    public const string SecretMask = "***";
}
