using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests;

/// <summary>Runs a probe once as the runner does: with a deadline that cancels.</summary>
internal static class ProbeRuns
{
    public static readonly AddressPolicy Policy = new(allowLoopback: true);

    public static async Task<Observation> RunAsync(this IProbe probe, string target, Parameters parameters, TimeSpan? timeout = null)
    {
        var problems = new Problems();
        probe.Descriptor.Validate(target, parameters, problems);
        problems.Found.ShouldBeEmpty();
        var run = probe.Bind(target, new OptionValues(probe.Descriptor, parameters));
        var limit = timeout ?? TimeSpan.FromSeconds(5);
        var start = TimeProvider.System.GetTimestamp();
        using var deadline = new CancellationTokenSource(limit);
        return await run(new RunContext(TimeProvider.System, start, limit, deadline.Token));
    }

    public static double Measured(this Observation seen, string name) => seen.Measurements.First(m => m.Key == name).Value;
}
