namespace Vedette.History;

/// <summary>Which results of a check are wanted.</summary>
/// <param name="CheckKey">The check's key.</param>
/// <param name="CheckId">The check's id.</param>
public sealed record HistoryQuery(long CheckKey, string CheckId)
{
    /// <summary>The earliest slot.</summary>
    public DateTimeOffset From { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The latest slot.</summary>
    public DateTimeOffset To { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Only of this status, when given.</summary>
    public Status? Status { get; init; }

    /// <summary>Only of this agent, when given.</summary>
    public string? Agent { get; init; }

    internal bool Takes(Result result) =>
        result.ScheduledAt >= From && result.ScheduledAt <= To && (Status is null || result.Status == Status) && (Agent is null || result.Agent == Agent);
}
