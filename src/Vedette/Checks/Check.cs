using System.Text.Json.Serialization;

namespace Vedette;

/// <summary>What to watch, complete and valid: configuration only, compared by value. Its running state is kept elsewhere.</summary>
public sealed record Check
{
    /// <summary>Immutable and fit for a file name: <c>[A-Za-z0-9][A-Za-z0-9._-]{0,63}</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The kind of probe: <c>icmp</c>, <c>tcp</c>, <c>http</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Whom to probe, in the form that the kind asks for.</summary>
    public required string Target { get; init; }

    /// <summary>For people; null when the id says enough.</summary>
    public string? Name { get; init; }

    /// <summary>The distance of two slots on the check's grid, at least one second.</summary>
    [JsonPropertyName("every")]
    [JsonConverter(typeof(DurationConverter))]
    public required TimeSpan Interval { get; init; }

    /// <summary>The deadline of one run, at most <see cref="Interval"/>.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public required TimeSpan Timeout { get; init; }

    /// <summary>The kind's options.</summary>
    [JsonPropertyName("set")]
    [JsonConverter(typeof(ParametersConverter))]
    public Parameters Parameters { get; init; } = Parameters.Empty;

    /// <summary>What must hold of a run that is up, see <see cref="Assertion"/>.</summary>
    [JsonPropertyName("assert")]
    public IReadOnlyList<string> Assertions { get; init; } = [];

    /// <summary>Names or label selectors of the agents that run it; <c>local</c> is the hub's own.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [CheckDefaults.BuiltInAgent];

    /// <summary>Consecutive failed runs on one agent before its status changes to down.</summary>
    public int FailAfter { get; init; } = CheckDefaults.FailAfter;

    /// <summary>Consecutive good runs on one agent before its status leaves down.</summary>
    public int RecoverAfter { get; init; } = CheckDefaults.RecoverAfter;

    /// <summary><c>any</c>, <c>majority</c>, <c>all</c>, or how many of its agents must be down before the check is.</summary>
    public string DownWhen { get; init; } = CheckDefaults.DownWhen;

    /// <summary>Ids of checks without which this one cannot be up.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Free labels, sorted by name.</summary>
    [JsonConverter(typeof(NamedTextsConverter))]
    public NamedList<string> Labels { get; init; } = NamedList<string>.Empty;

    /// <inheritdoc/>
    public bool Equals(Check? other) =>
        other is not null && Id == other.Id && Kind == other.Kind && Target == other.Target && Name == other.Name
        && Interval == other.Interval && Timeout == other.Timeout && Parameters.Equals(other.Parameters)
        && Assertions.SequenceEqual(other.Assertions) && Agents.SequenceEqual(other.Agents)
        && FailAfter == other.FailAfter && RecoverAfter == other.RecoverAfter && DownWhen == other.DownWhen
        && DependsOn.SequenceEqual(other.DependsOn) && Labels.Equals(other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Kind, Target, Interval, Timeout, Parameters);
}
