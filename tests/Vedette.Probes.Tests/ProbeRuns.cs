using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests;

/// <summary>Runs a probe once as the runner does: with a deadline that cancels.</summary>
internal static class ProbeRuns
{
    public static readonly AddressPolicy Policy = new(allowLoopback: true);

    public static async Task<Observation> RunAsync(this IProbe probe, string target, Parameters parameters, TimeSpan? timeout = null)
    {
        var run = Bind(probe, target, parameters);
        var limit = timeout ?? TimeSpan.FromSeconds(5);
        var start = TimeProvider.System.GetTimestamp();
        using var deadline = new CancellationTokenSource(limit);
        return await run(new RunContext(TimeProvider.System, start, limit, deadline.Token));
    }

    /// <summary>Runs a probe until something has happened; then its deadline is over.</summary>
    public static async Task<Observation> RunUntilAsync(this IProbe probe, string target, Parameters parameters, Task happened)
    {
        var (time, limit) = (new HeldTime(), TimeSpan.FromSeconds(5));
        using var deadline = new CancellationTokenSource();
        var running = Bind(probe, target, parameters)(new RunContext(time, time.GetTimestamp(), limit, deadline.Token)).AsTask();
        await happened.WaitAsync(TimeSpan.FromSeconds(30));
        time.Pass(limit);
        await deadline.CancelAsync();
        return await running;
    }

    public static double Measured(this Observation seen, string name) => seen.Measurements.First(m => m.Key == name).Value;

    private static ProbeRun Bind(IProbe probe, string target, Parameters parameters)
    {
        var problems = new Problems();
        probe.Descriptor.Validate(target, parameters, problems);
        problems.Found.ShouldBeEmpty();
        return probe.Bind(target, new OptionValues(probe.Descriptor, parameters));
    }
}
