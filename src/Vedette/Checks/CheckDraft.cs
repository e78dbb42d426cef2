using System.Collections.Immutable;

namespace Vedette;

/// <summary>
/// What a user gave of a check, complete or not: an addition gives kind and target, an edit only what changes.
/// A null property was not given. In <see cref="Parameters"/> and <see cref="Labels"/> a null value takes that entry away.
/// </summary>
public sealed record CheckDraft
{
    public string? Id { get; init; }

    public string? Kind { get; init; }

    public string? Target { get; init; }

    public string? Name { get; init; }

    public TimeSpan? Interval { get; init; }

    public TimeSpan? Timeout { get; init; }

    public IReadOnlyDictionary<string, ImmutableArray<string>?> Parameters { get; init; } = ImmutableDictionary<string, ImmutableArray<string>?>.Empty;

    public IReadOnlyList<string>? Assertions { get; init; }

    public IReadOnlyList<string>? Agents { get; init; }

    public int? FailAfter { get; init; }

    public int? RecoverAfter { get; init; }

    public string? DownWhen { get; init; }

    public IReadOnlyList<string>? DependsOn { get; init; }

    public IReadOnlyDictionary<string, string?> Labels { get; init; } = ImmutableDictionary<string, string?>.Empty;
}
