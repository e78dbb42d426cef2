using Microsoft.AspNetCore.Http;
using Vedette.Hub.Checks;
using Vedette.Hub.Configuration;
using Vedette.Metrics;

namespace Vedette.Hub.Http;

/// <summary>
/// <c>GET /metrics</c>: the latest run of every active check on each of its agents, how the checks stand, and the program's own numbers.
/// A run that measured nothing has no <c>probe_success</c>: not to know is not to fail.
/// </summary>
internal sealed class MetricsEndpoint(CheckRegistry registry, ConfigurationLoop? configuration, Catalogue catalogue, MeterReading own)
{
    private const int FlushedAt = 64 << 10;

    private static readonly string[] Statuses = [.. Enum.GetValues<Status>().Select(status => status.ToString().ToLowerInvariant())];

    public async Task SendAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAllowedAsync(context, "GET");
            return;
        }

        var openMetrics = ContentNegotiation.PrefersOpenMetrics(context.Request.Headers.Accept.ToString());
        context.Response.ContentType = ContentNegotiation.ContentType(openMetrics);
        var body = context.Response.BodyWriter;
        var writer = new MetricsWriter(body, openMetrics);
        foreach (var write in Families(registry.All))
        {
            write(writer);
            if (body.UnflushedBytes >= FlushedAt) await body.FlushAsync(context.RequestAborted);
        }
    }

    // One after the other, because the page of ten thousand checks is larger than anyone should hold.
    private IEnumerable<Action<MetricsWriter>> Families(IReadOnlyList<CheckRecord> records)
    {
        var active = records.Where(record => record.Lifecycle == Lifecycle.Active).ToList();
        var runs = active.SelectMany(record => record.LastResults.Values.Select(result => new Run(record.Check, result))).ToList();
        yield return writer => WriteLifecycles(writer, records);
        yield return writer => WriteStatuses(writer, active);
        yield return writer => Write(writer, "probe_success", "Whether the latest run was up or degraded; left out when it could not measure.", "", runs, run => run.Result.Status switch { Status.Unknown => null, Status.Down => 0, _ => 1 });
        yield return writer => Write(writer, "probe_duration_seconds", "How long the latest run took.", "seconds", runs, run => run.Result.DurationSeconds);
        yield return writer => Write(writer, "vedette_check_last_run_timestamp_seconds", "The slot of the latest run.", "seconds", runs, run => run.Result.ScheduledAt.ToUnixTimeMilliseconds() / 1000.0);
        foreach (var kind in catalogue) yield return writer => WriteKind(writer, kind, [.. runs.Where(run => run.Check.Kind == kind.Kind)]);

        // Kinds share measurements, and a family may come only once.
        foreach (var measurement in catalogue.SelectMany(kind => kind.Measurements).DistinctBy(measurement => measurement.Name))
            yield return writer => Write(writer, $"probe_{measurement.Name}", measurement.Summary, measurement.Unit, runs, run => run.Result.Measurements.TryGet(measurement.Name, out var value) ? value : null);
        if (configuration is not null) yield return writer => Write(writer, configuration.State);
        yield return ProcessMetrics.WriteTo;
        yield return own.WriteTo;
        yield return writer => writer.End();
    }

    private static void WriteLifecycles(MetricsWriter writer, IReadOnlyList<CheckRecord> records)
    {
        writer.Family("vedette_checks", MetricType.Gauge, "Checks by life cycle.");
        foreach (var lifecycle in Enum.GetValues<Lifecycle>()) writer.Sample(records.Count(record => record.Lifecycle == lifecycle), ("lifecycle", lifecycle.ToString().ToLowerInvariant()));
    }

    private static void WriteStatuses(MetricsWriter writer, List<CheckRecord> active)
    {
        writer.Family("vedette_check_status", MetricType.Gauge, "1 for the status a check has over all its agents, 0 for the others.");
        foreach (var record in active)
        {
            var status = (int)record.Overall.Status;
            for (var i = 0; i < Statuses.Length; i++)
                writer.Sample(i == status ? 1 : 0, ("check", record.Check.Id), ("kind", record.Check.Kind), ("target", record.Check.Target), ("status", Statuses[i]));
        }
    }

    private static void Write(MetricsWriter writer, FollowedConfiguration configuration)
    {
        writer.Family("vedette_config_last_reload_successful", MetricType.Gauge, "Whether the configuration file as it is now was applied.");
        writer.Sample(configuration.IsApplied ? 1 : 0);
        if (configuration.AppliedAt is not { } at) return;
        writer.Family("vedette_config_last_reload_success_timestamp_seconds", MetricType.Gauge, "When a configuration file was applied last.", "seconds");
        writer.Sample(at.ToUnixTimeMilliseconds() / 1000.0);
    }

    private static void WriteKind(MetricsWriter writer, KindDescriptor kind, List<Run> runs)
    {
        if (runs.Count == 0) return;
        writer.Family($"probe_{kind.Kind}_duration_seconds", MetricType.Gauge, $"How long each phase of the latest run took: {string.Join(", ", kind.Phases)}.", "seconds");
        foreach (var run in runs)
            foreach (var (phase, seconds) in run.Result.Phases)
                writer.Sample(seconds, ("check", run.Check.Id), ("agent", run.Result.Agent), ("kind", run.Check.Kind), ("target", run.Check.Target), ("phase", phase));
    }

    private static void Write(MetricsWriter writer, string name, string help, string unit, List<Run> runs, Func<Run, double?> value)
    {
        var begun = false;
        foreach (var run in runs)
        {
            if (value(run) is not { } number) continue;
            if (!begun) writer.Family(name, MetricType.Gauge, help, unit);
            begun = true;
            writer.Sample(number, ("check", run.Check.Id), ("agent", run.Result.Agent), ("kind", run.Check.Kind), ("target", run.Check.Target));
        }
    }

    private readonly record struct Run(Check Check, Result Result);
}
