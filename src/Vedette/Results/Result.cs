using System.Text.Json.Serialization;

namespace Vedette;

/// <summary>What one run of a check on one agent gave. Times are UTC, durations seconds, sizes bytes.</summary>
public sealed record Result
{
    /// <summary>The check's id.</summary>
    public required string Check { get; init; }

    /// <summary>
    /// The hub's number for this life of the check: removing it and adding the same id again makes a new key. 0 outside a hub.
    /// </summary>
    [JsonIgnore]
    public long CheckKey { get; init; }

    /// <summary>The agent's name.</summary>
    public required string Agent { get; init; }

    /// <summary>The 128-bit spool stream, in hexadecimal, that <see cref="Seq"/> counts in; null for a run outside a hub.</summary>
    public string? Epoch { get; init; }

    /// <summary>Gap-free from 1 within <see cref="Epoch"/>; 0 for a run outside a hub.</summary>
    public ulong Seq { get; init; }

    /// <summary>The slot on the check's grid.</summary>
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When the probe began; its distance from <see cref="ScheduledAt"/> is the run's lateness.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long the probe took, on the monotonic clock.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>The seconds of a phase; of the whole run when there is no such phase, or the run did not reach it.</summary>
    public double LatencySeconds(string? phase) => phase is not null && Phases.TryGet(phase, out var seconds) ? seconds : DurationSeconds;

    /// <summary>The verdict on this one run.</summary>
    public required Status Status { get; init; }

    /// <summary>One of <see cref="Reasons"/> unless the run was plainly up.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people, in a sentence.</summary>
    public string? Message { get; init; }

    /// <summary>Seconds spent in each phase the run reached, in their order.</summary>
    [JsonConverter(typeof(NamedNumbersConverter))]
    public NamedList<double> Phases { get; init; } = NamedList<double>.Empty;

    /// <summary>Numbers named and described by the kind's descriptor.</summary>
    [JsonConverter(typeof(NamedNumbersConverter))]
    public NamedList<double> Measurements { get; init; } = NamedList<double>.Empty;

    /// <summary>Flat texts: the address probed, its family, the TLS version.</summary>
    [JsonConverter(typeof(NamedTextsConverter))]
    public NamedList<string> Attributes { get; init; } = NamedList<string>.Empty;

    /// <summary>Free JSON for what has more shape than a number or a text: certificates, redirect hops.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Details { get; init; }
}
