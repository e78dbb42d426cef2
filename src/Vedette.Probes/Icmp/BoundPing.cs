using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Icmp;

/// <summary>One check: its target and options, read once, and the stream that its requests belong to.</summary>
internal sealed class BoundPing
{
    private readonly Resolver resolver;
    private readonly IcmpEngines engines;
    private readonly EchoStream stream;
    private readonly string host;
    private readonly Family family;
    private readonly int packets;
    private readonly TimeSpan gap;
    private readonly EchoTerms terms;

    public BoundPing(Resolver resolver, IcmpEngines engines, string target, OptionValues options)
    {
        (this.resolver, this.engines, stream, host) = (resolver, engines, new EchoStream(engines.Ids), Targets.Unbracket(target));
        (packets, gap) = (options.Integer("packets")!.Value, options.Duration("gap")!.Value);
        var source = options.Text("source") is { } text ? IPAddress.Parse(Targets.Unbracket(text)) : null;
        terms = new(options.Integer("size")!.Value, options.Integer("ttl"), options.Flag("dontFragment"), source);
        family = options.Family();
        if (family == Family.Any && source is not null) family = source.AddressFamily == AddressFamily.InterNetworkV6 ? Family.V6 : Family.V4;
    }

    public async ValueTask<Observation> RunAsync(RunContext run)
    {
        var seen = new Observation();
        if (TooSlow(run.Timeout) is { } slow) return slow.ApplyTo(seen);
        if (await resolver.FindAsync(host, family, seen, run) is not { } address) return seen;

        var start = run.Elapsed;
        var engine = Prepare(address, out var failure);
        seen.AddPhase("setup", run.Elapsed - start);
        if (engine is null) return failure!.Value.ApplyTo(seen);
        var dropped = engine.Dropped;
        var flight = await FlyAsync(engine, address, run);
        EchoVerdict.Conclude(flight, packets, engine.Dropped - dropped, seen, run);
        stream.Ended(failed: seen.Status == Status.Down);
        return seen;
    }

    // The descriptor sees no timeout, so this is found out only here.
    private Failure? TooSlow(TimeSpan timeout)
    {
        var whole = gap * (packets - 1);
        if (whole < timeout) return null;
        var count = packets.ToString(CultureInfo.InvariantCulture);
        return Failure.Unknown(
            Reasons.Unsupported,
            $"{count} packets with a gap of {Durations.Format(gap)} need more than the timeout of {Durations.Format(timeout)}; send fewer, shorten the gap or raise the timeout");
    }

    private IcmpEngine? Prepare(IPAddress target, out Failure? failure)
    {
        failure = null;
        if (terms.Source is not { } source) return engines.Open(IsV6(target), terms, out failure);
        if (source.AddressFamily != target.AddressFamily) failure = Failure.Unknown(Reasons.SendFailed, $"the source {source} and the target {target} are of different families; set family to the source's");
        else if (!OwnAddresses.CanSendFrom(source)) failure = Failure.Unknown(Reasons.SendFailed, $"the source {source} is not an address of this host; give one that it has");
        return failure is null ? engines.Open(IsV6(target), terms, out failure) : null;
    }

    private async Task<Flight> FlyAsync(IcmpEngine engine, IPAddress target, RunContext run)
    {
        var flight = new Flight(stream);
        await using var deadline = run.Cancellation.UnsafeRegister(static ending => ((Ending)ending!).Tell(), new Ending(engine, flight));
        var first = run.Elapsed;
        for (var i = 0; i < packets; i++)
        {
            if (i > 0 && !await PauseAsync(first + (gap * i) - run.Elapsed, run)) break;

            // What this host refused to send it would refuse again.
            if (flight.Refusal is not null) break;
            engine.Send(flight, target, terms, run.Remaining + PendingEchoes.Memory(run.Timeout));
        }

        if (flight.Complete()) flight.Announce();
        await flight.Landed;
        return flight;
    }

    // False when the next packet has no place before the deadline.
    private static async ValueTask<bool> PauseAsync(TimeSpan pause, RunContext run)
    {
        if (pause >= run.Remaining) return false;
        if (pause <= TimeSpan.Zero) return true;
        try
        {
            await Task.Delay(pause, run.Time, run.Cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsV6(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6;

    private sealed record Ending(IcmpEngine Engine, Flight Flight)
    {
        public void Tell() => Engine.End(Flight);
    }
}
