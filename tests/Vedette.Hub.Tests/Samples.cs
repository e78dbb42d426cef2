namespace Vedette.Hub.Tests;

/// <summary>A kind, checks and runs to try the hub with.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly KindDescriptor Kind = new()
    {
        Kind = "echo",
        Summary = "answers what it is asked",
        TargetForm = "HOST:PORT",
        RefuseTarget = Targets.RefuseHostPort,
        Options =
        [
            new("packets", OptionType.Integer, "how many") { Default = "3", Least = 1, Most = 100 },
            new("text", OptionType.Text, "what") { Repeatable = true },
            new("password", OptionType.Text, "proof") { Secret = true },
        ],
        Phases = ["connect"],
        Measurements = [new("echo_loss_ratio", "ratio", "lost")],
        Attributes = ["address"],
    };

    public static Check Check(string id = "a", int failAfter = 2, int recoverAfter = 1, string downWhen = "majority", params string[] agents) => new()
    {
        Id = id,
        Kind = "echo",
        Target = "example.org:7",
        Interval = TimeSpan.FromSeconds(30),
        Timeout = TimeSpan.FromSeconds(5),
        FailAfter = failAfter,
        RecoverAfter = recoverAfter,
        DownWhen = downWhen,
        Agents = agents is [] ? ["local"] : agents,
    };

    /// <summary>The run in one slot of a check, slots a second apart.</summary>
    public static Result Run(Status status, int slot = 0, string agent = "local", long key = 1, string? reason = null, string? details = null) => new()
    {
        Check = "a",
        CheckKey = key,
        Agent = agent,
        ScheduledAt = At.AddSeconds(slot),
        StartedAt = At.AddSeconds(slot),
        DurationSeconds = 0.01,
        Status = status,
        Reason = reason ?? (status is Status.Up ? null : status is Status.Unknown ? Reasons.NoSockets : Reasons.Timeout),
        Message = status is Status.Up ? null : $"slot {slot}",
        Phases = new(new KeyValuePair<string, double>("connect", 0.01)),
        Details = details,
    };
}
