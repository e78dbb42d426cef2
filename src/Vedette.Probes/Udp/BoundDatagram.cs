using System.Net;
using Vedette.Probes.Datagrams;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Udp;

/// <summary>One check: its target and options, read once.</summary>
internal sealed class BoundDatagram
{
    /// <summary>Of an answer so many bytes are looked at.</summary>
    public const int LargestRead = 16 * 1024;

    private readonly Resolver resolver;
    private readonly ReceiveBatches batches;
    private readonly string host;
    private readonly int port;
    private readonly Family family;
    private readonly byte[] send;
    private readonly byte[] expect;
    private readonly bool closedIsUp;

    public BoundDatagram(Resolver resolver, ReceiveBatches batches, string target, OptionValues options)
    {
        (this.resolver, this.batches, family) = (resolver, batches, options.Family());
        if (!Targets.TrySplit(target, out host, out port)) throw new FormatException($"'{target}' is not HOST:PORT.");
        (send, expect) = (Escapes.Read(options.Text("send")), Escapes.Read(options.Text("expect")));
        closedIsUp = options.Text(UdpProbe.ClosedIs) == UdpProbe.Wanted;
    }

    public async ValueTask<Observation> RunAsync(RunContext run)
    {
        var seen = new Observation();
        if (closedIsUp && expect.Length > 0)
            return seen.Unknown(Reasons.Unsupported, "expect says what an open port answers and closedIs=up that it has to be closed; leave one of them out");
        if (await resolver.FindAsync(host, family, seen, run) is not { } address) return seen;
        var to = new IPEndPoint(address, port);
        using var exchange = DatagramExchange.Open(to, batches, out var failure);
        if (exchange is null || (failure = exchange.Send(send)) is not null) return failure!.Value.ApplyTo(seen);
        return await HearAsync(exchange, to, seen, run);
    }

    private async ValueTask<Observation> HearAsync(DatagramExchange exchange, IPEndPoint to, Observation seen, RunContext run)
    {
        var answers = new UdpAnswers(expect);
        PathError? error = null;
        Failure? cut = null;
        try
        {
            error = await exchange.HearAsync(answers.Accept, run.Remaining, run.Cancellation);
        }
        catch (OperationCanceledException)
        {
            cut = Failure.CutShort(run, $"waiting for an answer of {to}");
        }

        answers.Describe(seen);
        if (answers.After is { } rtt) seen.AddPhase("rtt", rtt);
        if (error is { } reported) return Judge(reported, seen);
        if (cut is { } silence) return (silence.Reason == Reasons.Timeout ? Judge(answers, to, run) : silence).ApplyTo(seen);
        return closedIsUp ? seen.Down(Reasons.UnexpectedAnswer, $"{to} answers and is not closed, as the check wants it") : seen.Up();
    }

    private Observation Judge(PathError error, Observation seen)
    {
        seen.Describe("reported_by", error.Reporter.ToString());
        return closedIsUp && error.Failure.Reason == Reasons.Closed ? seen.Up() : error.Failure.ApplyTo(seen);
    }

    private Failure Judge(UdpAnswers answers, IPEndPoint to, RunContext run)
    {
        var within = $"within {Durations.Format(run.Timeout)}";
        if (answers.Ignored > 0) return Failure.Down(Reasons.ExpectMismatch, $"{answers.Count} from {to} {within}, without the expected bytes; the last began with {answers.Last}");
        var rest = closedIsUp ? "; a closed port says so, unless its host or a firewall keeps quiet" : "";
        return Failure.Down(Reasons.Timeout, $"no answer from {to} {within}: it is open and silent, or filtered{rest}");
    }
}
