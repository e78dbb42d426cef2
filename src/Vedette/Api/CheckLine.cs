using System.Text.Json.Serialization;

namespace Vedette;

/// <summary>A check as a line of a list: what it watches and how it stands, and no more of its configuration and its runs.</summary>
/// <param name="Id">The check's id.</param>
/// <param name="Kind">The kind of probe.</param>
/// <param name="Target">Whom to probe.</param>
/// <param name="Name">For people; null when the id says enough.</param>
/// <param name="Interval">The distance of two slots.</param>
/// <param name="Owner">The configuration file it comes from; null when it was made by hand.</param>
/// <param name="Lifecycle">Active, paused or stopped.</param>
/// <param name="Status">The confirmed status over all its agents.</param>
/// <param name="Since">When it became so; null before the first result.</param>
/// <param name="LastRunAt">The slot of the latest run on any agent; null before the first.</param>
/// <param name="LastStatus">The verdict on that run.</param>
/// <param name="LatencySeconds">The latency of that run.</param>
/// <param name="NextRunAt">The next slot; null unless active.</param>
/// <param name="Reason">Why it is not up; while it is, why its latest run was not. A word of <see cref="Reasons"/>.</param>
/// <param name="Message">The same in a sentence.</param>
public sealed record CheckLine(
    string Id,
    string Kind,
    string Target,
    string? Name,
    [property: JsonPropertyName("every"), JsonConverter(typeof(DurationConverter))] TimeSpan Interval,
    string? Owner,
    Lifecycle Lifecycle,
    Status Status,
    DateTimeOffset? Since,
    DateTimeOffset? LastRunAt,
    Status? LastStatus,
    double? LatencySeconds,
    DateTimeOffset? NextRunAt,
    string? Reason,
    string? Message);
