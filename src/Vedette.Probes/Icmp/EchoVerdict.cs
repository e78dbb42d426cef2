using System.Globalization;

namespace Vedette.Probes.Icmp;

/// <summary>What the requests of a run come to.</summary>
internal static class EchoVerdict
{
    /// <summary>Concludes a run and measures it, unless it says nothing of the target.</summary>
    /// <param name="flight">Its requests, landed.</param>
    /// <param name="packets">How many it was to send.</param>
    /// <param name="dropped">How many replies, to anybody, this host dropped meanwhile.</param>
    /// <param name="seen">Takes the verdict.</param>
    /// <param name="run">Its deadline.</param>
    public static void Conclude(Flight flight, int packets, uint dropped, Observation seen, RunContext run)
    {
        var echoes = flight.Echoes;
        if (echoes.Any(echo => echo.Rtt is not null)) seen.Up();
        else if (echoes.FirstOrDefault(echo => echo.Error is not null)?.Error is { } error) Tell(error, seen);
        else if (echoes.FirstOrDefault(echo => echo.Refused is not null)?.Refused is { } refused) refused.ApplyTo(seen);
        else Miss(echoes, packets, dropped, seen, run);
        if (seen.Status != Status.Unknown) Measure(flight, seen);
    }

    private static void Tell(EchoError error, Observation seen)
    {
        error.Failure.ApplyTo(seen);
        seen.Describe("reported_by", error.Reporter.ToString());
        if (error.NextHopMtu is { } mtu) seen.Measure("icmp_next_hop_mtu_bytes", mtu);
    }

    private static void Miss(IReadOnlyList<Echo> echoes, int packets, uint dropped, Observation seen, RunContext run)
    {
        run.CutShort(seen, "waiting for the echo reply");
        if (seen.Reason != Reasons.Timeout) return;
        var sent = echoes.Count(echo => echo.WasSent);
        if (dropped > 0)
            seen.Unknown(Reasons.AgentLate, string.Create(CultureInfo.InvariantCulture, $"this host dropped {dropped} replies, to this check or others, for want of room; spread the checks over time"));
        else if (sent == 0) seen.Unknown(Reasons.SendFailed, "this host was too busy to send the request in time; spread the checks over time");
        else if (sent < packets) seen.Down(Reasons.Timeout, string.Create(CultureInfo.InvariantCulture, $"{seen.Message}; only {sent} of {packets} packets could be sent in time"));
    }

    private static void Measure(Flight flight, Observation seen)
    {
        var sent = flight.Echoes.Count(echo => echo.WasSent);
        var rtts = flight.Echoes.Where(echo => echo.Rtt is not null).Select(echo => echo.Rtt!.Value.TotalSeconds).ToList();
        var (late, duplicates) = flight.Stream.TakeCounts();
        seen.Measure("icmp_packets_sent_count", sent);
        seen.Measure("icmp_packets_received_count", rtts.Count);
        if (sent > 0) seen.Measure("icmp_loss_ratio", 1 - ((double)rtts.Count / sent));
        seen.Measure("icmp_late_count", late);
        seen.Measure("icmp_duplicates_count", duplicates + flight.Echoes.Sum(echo => echo.Duplicates));
        if (rtts.Count == 0) return;
        var mean = rtts.Average();
        seen.AddPhase("rtt", mean);
        seen.Measure("icmp_duration_rtt_min_seconds", rtts.Min());
        seen.Measure("icmp_duration_rtt_max_seconds", rtts.Max());
        seen.Measure("icmp_duration_rtt_stddev_seconds", Math.Sqrt(rtts.Average(rtt => (rtt - mean) * (rtt - mean))));
        if (Jitter(flight.Echoes) is { } jitter) seen.Measure("icmp_jitter_seconds", jitter);
        if (flight.Echoes.LastOrDefault(echo => echo.HopLimit is not null) is { } last) seen.Measure("icmp_reply_hop_limit", last.HopLimit!.Value);
    }

    /// <summary>
    /// The mean absolute difference between the round trips of packets sent one after the other (RFC 3393 section 2.4, selecting neighbours);
    /// a pair of which one is lost has none (section 2.6). Null without any pair.
    /// </summary>
    public static double? Jitter(IReadOnlyList<Echo> echoes)
    {
        var (sum, pairs) = (0.0, 0);
        for (var i = 1; i < echoes.Count; i++)
        {
            if (echoes[i].Rtt is not { } rtt || echoes[i - 1].Rtt is not { } before) continue;
            sum += Math.Abs((rtt - before).TotalSeconds);
            pairs++;
        }

        return pairs == 0 ? null : sum / pairs;
    }
}
