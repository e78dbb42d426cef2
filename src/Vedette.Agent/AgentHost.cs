using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Vedette.Wire;

namespace Vedette.Agent;

/// <summary>An agent: runs the checks its hub assigns and hands their results up.</summary>
/// <param name="name">Its name.</param>
/// <param name="probe">The probe of a kind, or null when it has none.</param>
/// <param name="connect">Makes a connection to the hub, or throws an <see cref="IOException"/> that says why not.</param>
/// <param name="supervisor">Keeps its loops going.</param>
/// <param name="time">Wall and monotonic clock.</param>
/// <param name="loggers">Where it logs.</param>
public sealed partial class AgentHost(
    string name, Func<string, IProbe?> probe, Func<CancellationToken, ValueTask<IDuplexPipe>> connect, Supervisor supervisor, TimeProvider time, ILoggerFactory loggers)
{
    private const int EpochBytes = 16;
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(2);

    private readonly ILogger logger = loggers.CreateLogger<AgentHost>();

    /// <summary>Runs until stopped; then every run has ended, and the hub has had a moment to store what was left.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var lateness = new LatenessWatch(time);
        var outbox = new Outbox();
        await using var scheduler = new Scheduler(new Runner(name, time, lateness, loggers.CreateLogger<Runner>()), time, outbox.Add, loggers.CreateLogger<Scheduler>());
        var uplink = new Uplink(name, RandomNumberGenerator.GetBytes(EpochBytes), outbox, connect, assignment => Assign(assignment, scheduler, outbox), time, loggers.CreateLogger<Uplink>());
        using var end = new CancellationTokenSource();
        var loops = Task.WhenAll(supervisor.RunAsync("batches", uplink.BatchAsync, end.Token), supervisor.RunAsync("uplink", uplink.ConnectAsync, end.Token));
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await scheduler.DisposeAsync();
        using var patience = new CancellationTokenSource(LongestFlush, time);
        await uplink.FlushAsync(patience.Token);
        await end.CancelAsync();
        await loops;
    }

    private void Assign(Assignment assignment, Scheduler scheduler, Outbox outbox)
    {
        if (assignment.Full)
            foreach (var key in scheduler.Keys.Except(assignment.Checks.Select(check => check.Key))) scheduler.Remove(key);
        foreach (var key in assignment.Removed) scheduler.Remove(key);
        foreach (var check in assignment.Checks)
        {
            var problems = new Problems();
            if (Bind(check, problems) is { } bound) scheduler.Set(check.Key, bound);
            else Refuse(check, string.Join("; ", problems.Found), scheduler, outbox);
        }
    }

    // One check that a probe chokes on must not keep the others from being run.
    private BoundCheck? Bind(AssignedCheck assigned, Problems problems)
    {
        try
        {
            if (JsonSerializer.Deserialize(assigned.Check, ApiJson.Readable.Check) is not { } check) problems.Add("", "it is empty");
            else if (probe(check.Kind) is not { } found) problems.Add("kind", $"this agent has no probe for {check.Kind}");
            else
            {
                CheckRules.ValidateTimes(check, problems);
                return BoundCheck.Bind(check, found, problems);
            }
        }
        catch (JsonException e)
        {
            problems.Add("", e.Message);
        }
        catch (Exception bug)
        {
            BindingThrew(logger, bug, assigned.Key);
            problems.Add("", $"making it ready failed: {bug.Message}; please report this as a bug");
        }

        return null;
    }

    // A check without results would say nothing to whoever waits for them: one says why there are no others.
    private void Refuse(AssignedCheck assigned, string problems, Scheduler scheduler, Outbox outbox)
    {
        scheduler.Remove(assigned.Key);
        CheckRefused(logger, assigned.Key, problems);
        var now = time.GetUtcNow();
        outbox.Add(new Result
        {
            Check = "",
            CheckKey = assigned.Key,
            Agent = name,
            ScheduledAt = now,
            StartedAt = now,
            DurationSeconds = 0,
            Status = Status.Unknown,
            Reason = Reasons.Unsupported,
            Message = $"agent {name} cannot run this check: {problems}",
        });
    }

    [LoggerMessage(211, LogLevel.Error, "Check {Key} was assigned and cannot be run: {Problems}")]
    private static partial void CheckRefused(ILogger logger, long key, string problems);

    [LoggerMessage(212, LogLevel.Error, "Making check {Key} ready threw.")]
    private static partial void BindingThrew(ILogger logger, Exception bug, long key);
}
