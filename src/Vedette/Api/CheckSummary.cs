namespace Vedette;

/// <summary>What a time was like for a check, over all its agents.</summary>
/// <param name="Check">The check's id.</param>
/// <param name="From">The earliest slot asked for; the first that is known of when that is later.</param>
/// <param name="To">The latest slot.</param>
/// <param name="Up">Runs that were up.</param>
/// <param name="Degraded">Runs that were degraded.</param>
/// <param name="Down">Runs that were down.</param>
/// <param name="Unknown">Runs that could not measure.</param>
/// <param name="MissingSlots">Slots without a run, see <see cref="Gap"/>.</param>
/// <param name="Availability">The share of measured runs that were up or degraded, 0 to 1; null when nothing was measured.</param>
/// <param name="Coverage">The share of all slots in which something was measured, 0 to 1; null when there was no slot.</param>
/// <param name="Rule">How availability and coverage are counted, in a sentence.</param>
/// <param name="MeanSeconds">The mean latency of runs that were up or degraded; null when there was none.</param>
/// <param name="P50Seconds">Half of them were not slower than this, to 1 %.</param>
/// <param name="P95Seconds">95 % of them were not slower than this, to 1 %.</param>
/// <param name="P99Seconds">99 % of them were not slower than this, to 1 %.</param>
/// <param name="LongestOutage">The longest time in which an agent saw it down; null when it never was.</param>
public sealed record CheckSummary(
    string Check,
    DateTimeOffset From,
    DateTimeOffset To,
    long Up,
    long Degraded,
    long Down,
    long Unknown,
    long MissingSlots,
    double? Availability,
    double? Coverage,
    string Rule,
    double? MeanSeconds,
    double? P50Seconds,
    double? P95Seconds,
    double? P99Seconds,
    Outage? LongestOutage);

/// <summary>A time in which an agent saw a check down, in run after run.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="From">The slot of the first run that was down.</param>
/// <param name="To">The slot of the first that was up again, or of the latest that was down when none was yet.</param>
/// <param name="Seconds">How long that was.</param>
/// <param name="IsOver">Whether it was up again within the time that is summed up.</param>
/// <param name="Reason">Why the first was down.</param>
public sealed record Outage(string Agent, DateTimeOffset From, DateTimeOffset To, double Seconds, bool IsOver, string? Reason);
