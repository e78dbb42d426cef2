using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vedette.Probes.Tests;

/// <summary>
/// Tests that judge how long something takes. They run after all others and one at a time, for what they measure is to be the probe and not the
/// rest of the tests; and not for the first time, for it is not to be the compiler either.
/// </summary>
[CollectionDefinition(nameof(Deadlines), DisableParallelization = true)]
public sealed class Deadlines : ICollectionFixture<Rest>
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(50);

    // The slack that RunContext.CutShort gives a timer that fires early, and what the runner may take on top of the probe.
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Overhead = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs a check through the runner when its code is warm: both the result and the clock on the wall say that it ended within its deadline.</summary>
    internal static async Task<Result> RunInTimeAsync(IProbe probe, string target, Parameters parameters, TimeSpan timeout)
    {
        using var lateness = new LatenessWatch(TimeProvider.System);
        var runner = new Runner("local", TimeProvider.System, lateness, NullLogger<Runner>.Instance);
        await runner.RunAsync(Bind(probe, target, parameters, WarmUp), default, CancellationToken.None);

        var clock = Stopwatch.StartNew();
        var result = await runner.RunAsync(Bind(probe, target, parameters, timeout), default, CancellationToken.None);
        clock.Elapsed.ShouldBeLessThan(timeout * 1.15 + Overhead, result.Message);
        result.DurationSeconds.ShouldBeLessThanOrEqualTo(timeout.TotalSeconds * 1.15, result.Message);
        probe.Descriptor.ShouldDeclare(result.Phases, result.Measurements, result.Attributes);
        return result;
    }

    /// <summary>The same of what can only end at its deadline: it is a timeout, and was not given up before.</summary>
    internal static async Task<Result> TimesOutAsync(IProbe probe, string target, Parameters parameters)
    {
        var timeout = TimeSpan.FromMilliseconds(300);
        var result = await RunInTimeAsync(probe, target, parameters, timeout);
        (result.Status, result.Reason).ShouldBe((Status.Down, Reasons.Timeout), result.Message);
        result.DurationSeconds.ShouldBeGreaterThan((timeout - Early).TotalSeconds);
        return result;
    }

    private static BoundCheck Bind(IProbe probe, string target, Parameters parameters, TimeSpan timeout)
    {
        var problems = new Problems();
        var check = new Check { Id = "timed", Kind = probe.Descriptor.Kind, Target = target, Interval = timeout, Timeout = timeout, Parameters = parameters };
        return BoundCheck.Bind(check, probe, problems).ShouldNotBeNull(string.Join('\n', problems.Found));
    }
}
