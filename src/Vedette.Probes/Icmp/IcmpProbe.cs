using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Icmp;

/// <summary>Sends echo requests and waits for their replies.</summary>
/// <param name="resolver">Finds the address.</param>
public sealed class IcmpProbe(Resolver resolver) : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "icmp",
        Summary = "sends pings and waits for their replies",
        TargetForm = "HOST",
        RefuseTarget = Targets.RefuseHost,
        Options =
        [
            new("packets", OptionType.Integer, "how many to send; one answer is enough to be up") { Default = "1", Least = 1, Most = 100 },
            new("gap", OptionType.Duration, "time between two packets") { Default = "200ms" },
            new("size", OptionType.Integer, "bytes of payload") { Default = "56", Least = 8, Most = 65000 },
            SharedOptions.Family,
        ],
        Phases = ["resolve", "setup", "rtt"],
        Measurements =
        [
            new("icmp_packets_sent_count", "", "requests sent"),
            new("icmp_packets_received_count", "", "requests that were answered"),
            new("icmp_loss_ratio", "ratio", "share of the requests sent that were not answered"),
            new("icmp_duration_rtt_min_seconds", "seconds", "shortest round trip"),
            new("icmp_duration_rtt_max_seconds", "seconds", "longest round trip"),
            new("icmp_duration_rtt_stddev_seconds", "seconds", "standard deviation of the round trips"),
            new("icmp_reply_hop_limit", "", "hops the last reply had left, where the socket tells"),
            new("icmp_duplicates_count", "", "replies beyond the first to a request"),
        ],
        Attributes = ["address", "family"],
    };

    private readonly Lazy<IcmpEngine> four = new(() => new IcmpEngine(v6: false));
    private readonly Lazy<IcmpEngine> six = new(() => new IcmpEngine(v6: true));

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options)
    {
        var (family, host) = (options.Family(), Targets.Unbracket(target));
        var (packets, gap, size) = (options.Integer("packets")!.Value, options.Duration("gap")!.Value, options.Integer("size")!.Value);
        return run => RunAsync(host, family, packets, gap, size, run);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var engine in new[] { four, six })
        {
            if (!engine.IsValueCreated) continue;
            engine.Value.Dispose();
            await engine.Value.Reading;
        }
    }

    private async ValueTask<Observation> RunAsync(string host, Family family, int packets, TimeSpan gap, int size, RunContext run)
    {
        var seen = new Observation();
        var resolved = await resolver.ResolveAsync(host, family, run);
        seen.AddPhase("resolve", resolved.Elapsed);
        if (resolved.Failure is { } unresolved) return unresolved.ApplyTo(seen);
        seen.DescribeAddress(resolved.Address!);

        var start = run.Elapsed;
        var engine = (resolved.Address!.AddressFamily == AddressFamily.InterNetworkV6 ? six : four).Value;
        seen.AddPhase("setup", run.Elapsed - start);
        return await ExchangeAsync(engine, resolved.Address, packets, gap, size, seen, run);
    }

    private static async Task<Observation> ExchangeAsync(
        IcmpEngine engine, IPAddress target, int packets, TimeSpan gap, int size, Observation seen, RunContext run)
    {
        var echoes = new List<Echo>(packets);
        var keys = new List<(ushort, ushort)>(packets);
        try
        {
            for (var i = 0; i < packets; i++)
            {
                if (i > 0) await Task.Delay(gap, run.Time, run.Cancellation);
                echoes.Add(engine.Send(target, size, out var key));
                keys.Add(key);
            }

            await Task.WhenAll(echoes.Select(echo => echo.Done)).WaitAsync(run.Cancellation);
        }
        catch (OperationCanceledException)
        {
            return await JudgeAsync(echoes, seen, run);
        }
        finally
        {
            keys.ForEach(engine.Forget);
        }

        return await JudgeAsync(echoes, seen, run);
    }

    private static async Task<Observation> JudgeAsync(List<Echo> echoes, Observation seen, RunContext run)
    {
        var rtts = new List<double>(echoes.Count);
        Failure? failure = null;
        foreach (var echo in echoes.Where(echo => echo.Done.IsCompleted))
            if (await echo.Done is { } failed) failure ??= failed;
            else rtts.Add(echo.Rtt.TotalSeconds);

        if (failure is not { Status: Status.Unknown } || rtts.Count > 0) Measure(echoes, rtts, seen);
        if (rtts.Count > 0) return seen.Up();
        return failure?.ApplyTo(seen) ?? run.CutShort(seen, "waiting for the echo reply");
    }

    private static void Measure(List<Echo> echoes, List<double> rtts, Observation seen)
    {
        seen.Measure("icmp_packets_sent_count", echoes.Count);
        seen.Measure("icmp_packets_received_count", rtts.Count);
        if (echoes.Count > 0) seen.Measure("icmp_loss_ratio", 1 - ((double)rtts.Count / echoes.Count));
        seen.Measure("icmp_duplicates_count", echoes.Sum(echo => echo.Duplicates));
        if (rtts.Count == 0) return;
        seen.AddPhase("rtt", rtts.Average());
        seen.Measure("icmp_duration_rtt_min_seconds", rtts.Min());
        seen.Measure("icmp_duration_rtt_max_seconds", rtts.Max());
        var mean = rtts.Average();
        seen.Measure("icmp_duration_rtt_stddev_seconds", Math.Sqrt(rtts.Average(rtt => (rtt - mean) * (rtt - mean))));
        if (echoes.FindLast(echo => echo.HopLimit is not null) is { } last) seen.Measure("icmp_reply_hop_limit", last.HopLimit!.Value);
    }
}
