using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tcp;

/// <summary>Opens a TCP connection, optionally with TLS, and optionally holds a short dialogue over it.</summary>
public sealed class TcpProbe : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "tcp",
        Summary = "opens a connection, with TLS and a dialogue if asked",
        TargetForm = "HOST:PORT",
        RefuseTarget = Targets.RefuseHostPort,
        Options =
        [
            new("send", OptionType.Text, @"bytes to send once connected (escapes \r \n \t \xHH)") { Refuse = Escapes.Refuse },
            new("expect", OptionType.Text, "bytes that must come back within 64 KiB") { Refuse = Escapes.Refuse },
            new("tls", OptionType.Boolean, "shake hands first") { Default = "false" },
            SharedOptions.SkipVerify,
            SharedOptions.ServerName,
            SharedOptions.CaFile,
            SharedOptions.Family,
        ],
        Phases = ["resolve", "connect", "tls", "expect"],
        Measurements =
        [
            new("tcp_syn_retransmits_count", "", "how often the SYN had to be sent again"),
            new("tcp_rtt_seconds", "seconds", "the kernel's round-trip estimate after the handshake"),
            .. SentCertificates.Measurements,
        ],
        Attributes = ["address", "family", "tls_version", "tls_cipher", "reported_by"],
    };

    private readonly Resolver resolver;
    private readonly ClosingSockets closing;

    /// <summary>Makes one.</summary>
    /// <param name="resolver">Finds the address.</param>
    public TcpProbe(Resolver resolver)
        : this(resolver, new ClosingSockets(TimeProvider.System))
    {
    }

    internal TcpProbe(Resolver resolver, ClosingSockets closing) => (this.resolver, this.closing) = (resolver, closing);

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options)
    {
        if (!Targets.TrySplit(target, out var host, out var port)) throw new FormatException($"'{target}' is not HOST:PORT.");
        var family = options.Family();
        var terms = options.Flag("tls") ? TlsTerms.From(options, host) : null;
        var dialogue = new TcpDialogue(Escapes.Read(options.Text("send")), Escapes.Read(options.Text("expect")));
        var talks = options.IsSet("send") || options.IsSet("expect");
        return run => RunAsync(host, port, family, terms, talks ? dialogue : null, run);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => closing.DisposeAsync();

    private async ValueTask<Observation> RunAsync(string host, int port, Family family, TlsTerms? terms, TcpDialogue? dialogue, RunContext run)
    {
        var seen = new Observation();
        if (await resolver.FindAsync(host, family, seen, run) is not { } address) return seen;
        var to = new IPEndPoint(address, port);
        var connected = await TcpConnector.ConnectAsync(to, run);
        connected.Describe(seen);
        seen.Measure("tcp_syn_retransmits_count", connected.SynRetransmits);
        if (connected.Rtt is { } rtt) seen.Measure("tcp_rtt_seconds", rtt);
        if (connected.Failure is { } unconnected) return unconnected.ApplyTo(seen);

        try
        {
            await using var stream = new NetworkStream(connected.Socket!, ownsSocket: false);
            return terms is null ? await TalkAsync(stream, dialogue, seen, run) : await TalkSecurelyAsync(stream, terms, dialogue, seen, run);
        }
        finally
        {
            closing.Close(connected.Socket!, to, spoken: terms is not null || dialogue is not null);
        }
    }

    private static async ValueTask<Observation> TalkSecurelyAsync(NetworkStream inner, TlsTerms terms, TcpDialogue? dialogue, Observation seen, RunContext run)
    {
        using var roots = terms.Roots(out var unusable);
        if (roots is null) return unusable!.Value.ApplyTo(seen);
        var handshaken = await TlsHandshake.AuthenticateAsync(inner, terms, terms.SkipVerify ? null : roots.Policy, run);
        seen.AddPhase("tls", handshaken.Elapsed);
        using var certificates = handshaken.Certificates;
        certificates?.Describe(seen);
        seen.Details = certificates?.ToDetails();
        if (handshaken.Failure is { } failure) return failure.ApplyTo(seen);
        await using var stream = handshaken.Stream!;
        handshaken.Agreed!.Describe(seen);
        await TalkAsync(stream, dialogue, seen, run);
        if (!run.Cancellation.IsCancellationRequested) await TlsHandshake.FinishAsync(handshaken, inner.Socket, run);
        return seen;
    }

    private static async ValueTask<Observation> TalkAsync(Stream stream, TcpDialogue? dialogue, Observation seen, RunContext run)
    {
        if (dialogue is null) return seen.Up();
        var start = run.Elapsed;
        var failure = await dialogue.HoldAsync(stream, run);
        seen.AddPhase("expect", run.Elapsed - start);
        return failure?.ApplyTo(seen) ?? seen.Up();
    }
}
