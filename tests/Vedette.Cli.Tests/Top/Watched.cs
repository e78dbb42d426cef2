namespace Vedette.Cli.Tests.Top;

/// <summary>Checks and runs as a hub tells them.</summary>
internal static class Watched
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public static WatchedCheck Check(string id, Status status = Status.Up, string kind = "tcp", string target = "192.0.2.1:80", string? name = null, double latency = 0.01, Lifecycle lifecycle = Lifecycle.Active, string? message = null)
    {
        var check = new Check { Id = id, Kind = kind, Target = target, Name = name, Interval = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(1) };
        var run = Run(id, 1, status, latency, message);
        var told = new CheckStatus(status, Noon.AddMinutes(-5), run.Reason, message, Noon.AddSeconds(5), run, [new("local", status, Noon.AddMinutes(-5), status == Status.Down ? 3 : 0, run)]);
        return new(check, lifecycle, Noon.AddDays(-1), told, null, [new(run.ScheduledAt, status, latency, run.Reason)], null);
    }

    /// <summary>The same as a line of a list.</summary>
    public static CheckLine Line(WatchedCheck watched)
    {
        var (check, status) = (watched.Check, watched.Status);
        return new(
            check.Id, check.Kind, check.Target, check.Name, check.Interval, watched.Owner, watched.Lifecycle, status.Status, status.Since,
            status.LastResult?.ScheduledAt, status.LastResult?.Status, status.LastResult?.DurationSeconds, status.NextRunAt, status.Reason, status.Message);
    }

    public static Result Run(string id, ulong seq, Status status = Status.Up, double latency = 0.01, string? message = null, string epoch = "e") => new()
    {
        Check = id,
        Agent = "local",
        Epoch = epoch,
        Seq = seq,
        ScheduledAt = Noon.AddSeconds(seq),
        StartedAt = Noon.AddSeconds(seq),
        DurationSeconds = latency,
        Status = status,
        Reason = status == Status.Up ? null : Reasons.Timeout,
        Message = message,
        Phases = new([new("resolve", latency / 4), new("connect", latency / 2)]),
    };
}
