using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests;

/// <summary>Runs a probe once as the runner does: with a deadline that cancels.</summary>
internal static class ProbeRuns
{
    public static readonly AddressPolicy Policy = new(allowLoopback: true);

    public static async Task<Observation> RunAsync(this IProbe probe, string target, Parameters parameters, TimeSpan? timeout = null, TimeProvider? time = null)
    {
        var run = Bind(probe, target, parameters);
        var limit = timeout ?? TimeSpan.FromSeconds(5);
        time ??= TimeProvider.System;
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(limit);
        return await run(new RunContext(time, start, limit, deadline.Token));
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

    /// <summary>Binds a probe, and holds every run to what its kind declares.</summary>
    public static ProbeRun Bind(IProbe probe, string target, Parameters parameters)
    {
        var problems = new Problems();
        probe.Descriptor.Validate(target, parameters, problems);
        problems.Found.ShouldBeEmpty();
        var run = probe.Bind(target, new OptionValues(probe.Descriptor, parameters));
        return async context =>
        {
            var seen = await run(context);
            probe.Descriptor.ShouldDeclare(seen.Phases, seen.Measurements, seen.Attributes);
            return seen;
        };
    }

    /// <summary>A kind gives what its descriptor says and no more: only that can be asserted, and is in the documents and metrics.</summary>
    public static void ShouldDeclare(this KindDescriptor kind, IEnumerable<KeyValuePair<string, double>> phases, IEnumerable<KeyValuePair<string, double>> measurements, IEnumerable<KeyValuePair<string, string>> attributes)
    {
        Names(phases).Except(kind.Phases).ShouldBeEmpty($"undeclared phases of {kind.Kind}");
        Names(measurements).Except(kind.Measurements.Select(measurement => measurement.Name)).ShouldBeEmpty($"undeclared measurements of {kind.Kind}");
        Names(attributes).Except(kind.Attributes).ShouldBeEmpty($"undeclared attributes of {kind.Kind}");
    }

    private static IEnumerable<string> Names<T>(IEnumerable<KeyValuePair<string, T>> entries) => entries.Select(entry => entry.Key);
}
