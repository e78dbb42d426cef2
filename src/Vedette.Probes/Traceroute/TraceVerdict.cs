using System.Globalization;
using System.Net;

namespace Vedette.Probes.Traceroute;

/// <summary>What a trace comes to.</summary>
/// <param name="trace">Followed to its end, or to the deadline.</param>
/// <param name="target">Where it was to lead.</param>
/// <param name="terms">What the check asks.</param>
/// <param name="run">Its deadline.</param>
internal sealed class TraceVerdict(Trace trace, IPAddress target, TraceTerms terms, RunContext run)
{
    /// <summary>Concludes a run and measures it.</summary>
    /// <param name="seen">Takes the verdict.</param>
    /// <param name="refused">What this host refused to do, if it did.</param>
    /// <param name="routes">Those that the check has seen.</param>
    public void Conclude(Observation seen, Failure? refused, KnownRoutes routes)
    {
        var word = Judge(seen, refused);
        if (seen.Status == Status.Unknown && trace.Hops.Count == 0) return;
        seen.Details = TraceDetails.Write(trace.Hops);
        if (seen.Status == Status.Unknown) return;
        seen.Describe("ended_with", word);
        if (trace.Ending is { } ending) seen.Describe("ended_by", ending.By.ToString());
        if (trace.Altered is { } altered) seen.Describe("nat_seen", altered ? "true" : "false");
        Measure(seen);
        Recognize(seen, routes);
    }

    // How it ended, in a word.
    private string Judge(Observation seen, Failure? refused)
    {
        if (trace.Ending is { } ending)
        {
            if (ending.IsReached) seen.Up();
            else ending.Failure!.Value.ApplyTo(seen);
            return ending.Word;
        }

        if (refused is { } failure) failure.ApplyTo(seen);
        else if (run.Cancellation.IsCancellationRequested) run.CutShort(seen, $"tracing; {Farthest()}");
        else if (trace.Farthest < terms.MaxHops || trace.IsLost(run.Elapsed)) seen.Down(Reasons.Timeout, Farthest());
        else
        {
            seen.Down(Reasons.TtlExceeded, Circle() ?? string.Create(CultureInfo.InvariantCulture, $"{target} is more than {terms.MaxHops} hops away; raise maxHops if that can be"));
            return "max_hops";
        }

        return run.Cancellation.IsCancellationRequested ? "deadline" : "silence";
    }

    private string Farthest()
    {
        if (trace.Farthest == 0) return "nobody on the way answered";
        var last = trace.Hops[trace.Farthest - 1];
        return string.Create(CultureInfo.InvariantCulture, $"nobody answered beyond hop {last.Distance}, {last.Addresses[0]}");
    }

    // All packets take the same way, so that meeting the same router again, with another between, is a loop.
    private string? Circle()
    {
        var hops = trace.Hops;
        foreach (var hop in hops)
            if (hops.FirstOrDefault(later => later.Distance > hop.Distance + 1 && later.Addresses.Exists(hop.Addresses.Contains)) is { } again)
                return string.Create(CultureInfo.InvariantCulture, $"the way goes in a circle: hops {hop.Distance} and {again.Distance} are both {again.Addresses.Find(hop.Addresses.Contains)}");
        return null;
    }

    private void Measure(Observation seen)
    {
        var hops = trace.Hops;
        seen.Measure("traceroute_total_hops", trace.Farthest);
        seen.Measure("traceroute_silent_hops_count", hops.Take(trace.Farthest).Count(hop => hop.IsSilent));
        seen.Measure("traceroute_packet_loss_percent", 100);
        if (trace.Ending is not { IsReached: true }) return;
        var end = hops[^1];
        seen.Measure("traceroute_packet_loss_percent", 100 * (1 - ((double)end.Answered / end.Sent)));
        seen.AddPhase("rtt", end.Rtts.Average(rtt => rtt.TotalSeconds));
        seen.Measure("traceroute_duration_rtt_min_seconds", end.Rtts.Min().TotalSeconds);
        seen.Measure("traceroute_duration_rtt_max_seconds", end.Rtts.Max().TotalSeconds);
        if (end.Last?.HopLimit is { } hopLimit) seen.Measure("traceroute_reply_hop_limit", hopLimit);
    }

    private void Recognize(Observation seen, KnownRoutes routes)
    {
        if (trace.Farthest == 0) return;
        var number = routes.Recognize([.. trace.Hops.Take(trace.Farthest).Select(hop => hop.Addresses)], trace.Ending is { IsReached: true });
        seen.Describe("route_hash", number.ToString("x8", CultureInfo.InvariantCulture));
        seen.Measure("traceroute_route_hash", number);
    }
}
