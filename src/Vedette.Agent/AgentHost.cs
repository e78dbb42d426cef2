using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Vedette.Wire;

namespace Vedette.Agent;

/// <summary>An agent: runs the checks its hub assigns and hands their results up.</summary>
/// <param name="name">Its name.</param>
/// <param name="probe">The probe of a kind, or null when it has none.</param>
/// <param name="connect">Makes a connection to the hub.</param>
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
        await using var scheduler = new Scheduler(new Runner(name, time, lateness, loggers.CreateLogger<Runner>()), time, outbox.Add);
        var uplink = new Uplink(name, RandomNumberGenerator.GetBytes(EpochBytes), outbox, connect, assignment => Assign(assignment, scheduler), time, loggers.CreateLogger<Uplink>());
        using var end = new CancellationTokenSource();
        var loops = Task.WhenAll(supervisor.RunAsync("batches", uplink.BatchAsync, end.Token), supervisor.RunAsync("uplink", uplink.ConnectAsync, end.Token));
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        await scheduler.DisposeAsync();
        using var patience = new CancellationTokenSource(LongestFlush, time);
        await uplink.FlushAsync(patience.Token);
        await end.CancelAsync();
        await loops;
    }

    private void Assign(Assignment assignment, Scheduler scheduler)
    {
        if (assignment.Full)
            foreach (var key in scheduler.Keys.Except(assignment.Checks.Select(check => check.Key))) scheduler.Remove(key);
        foreach (var key in assignment.Removed) scheduler.Remove(key);
        foreach (var check in assignment.Checks) Assign(check, scheduler);
    }

    private void Assign(AssignedCheck assigned, Scheduler scheduler)
    {
        var problems = new Problems();
        if (Read(assigned, problems) is { } bound) scheduler.Set(assigned.Key, bound);
        else
        {
            scheduler.Remove(assigned.Key);
            CheckRefused(logger, assigned.Key, string.Join("; ", problems.Found));
        }
    }

    private BoundCheck? Read(AssignedCheck assigned, Problems problems)
    {
        try
        {
            var check = JsonSerializer.Deserialize(assigned.Check, ApiJson.Default.Check)!;
            if (probe(check.Kind) is { } found) return BoundCheck.Bind(check, found, problems);
            problems.Add("kind", $"this agent has no probe for {check.Kind}");
        }
        catch (JsonException e)
        {
            problems.Add("", e.Message);
        }

        return null;
    }

    [LoggerMessage(211, LogLevel.Error, "Check {Key} was assigned and cannot be run: {Problems}")]
    private static partial void CheckRefused(ILogger logger, long key, string problems);
}
