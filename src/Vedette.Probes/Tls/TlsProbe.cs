using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Vedette.Linux.Host;
using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tls;

/// <summary>Shakes hands and judges everything that a client of TLS would mind: each property by itself, and the certificate before it is too late.</summary>
public sealed class TlsProbe : IProbe
{
    private const int UsualPort = 443;
    private const int LongestProtocol = 255;

    // What is heard within the time of a handshake and this much more is the server's answer to a client without a certificate.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "tls",
        Summary = "judges a server's certificate, chain and session, and how long they will do",
        TargetForm = "HOST[:PORT], 443 without a port",
        RefuseTarget = Targets.RefuseHostMaybePort,
        Options =
        [
            SharedOptions.ServerName,
            new("alpn", OptionType.List, "protocols to offer, best first, one of which the server has to choose (h2,http/1.1)") { Refuse = RefuseProtocols },
            SharedOptions.CaFile,
            SharedOptions.Family,
            SharedOptions.SkipVerify,
            new("warnLeft", OptionType.Duration, "degraded when less is left of a certificate (30d, or a third of its lifetime if that is less)"),
            new("criticalLeft", OptionType.Duration, "down when less is left of a certificate (7d, or a sixth of its lifetime if that is less)"),
        ],
        Phases = ["resolve", "connect", "tls"],
        LatencyPhase = "tls",
        Measurements =
        [
            .. SentCertificates.Measurements,
            new("tls_certificate_left_seconds", "seconds", "until the first certificate of the chain expires; negative after that"),
            new("tls_chain_length", "", "certificates from the server's to the root"),
            new("tls_sent_certificates_count", "", "certificates the server sent"),
            new("tls_key_bits", "", "size of the server's key"),
        ],
        Attributes = ["address", "family", "tls_version", "tls_cipher", "tls_alpn", "tls_first_to_expire", "tls_client_certificate", "clock", "reported_by"],
    };

    private readonly Resolver resolver;
    private readonly Func<HostClock?> clock;
    private readonly ClosingSockets closing = new(TimeProvider.System);

    /// <summary>Makes it.</summary>
    /// <param name="resolver">Finds the address.</param>
    public TlsProbe(Resolver resolver)
        : this(resolver, HostClock.Read)
    {
    }

    internal TlsProbe(Resolver resolver, Func<HostClock?> clock) => (this.resolver, this.clock) = (resolver, clock);

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options)
    {
        var (host, port) = Split(target);
        var family = options.Family();
        var terms = TlsTerms.From(options, host, [.. options.Texts("alpn").Select(name => new SslApplicationProtocol(name))]) with { OffersAllCiphers = true };
        var margins = new ExpiryMargins(options.Duration("warnLeft"), options.Duration("criticalLeft"));
        return run => RunAsync(host, port, family, terms, margins, run);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => closing.DisposeAsync();

    private async ValueTask<Observation> RunAsync(string host, int port, Family family, TlsTerms terms, ExpiryMargins margins, RunContext run)
    {
        var seen = new Observation();
        if (await resolver.FindAsync(host, family, seen, run) is not { } address) return seen;
        var to = new IPEndPoint(address, port);
        var connected = await TcpConnector.ConnectAsync(to, run);
        connected.Describe(seen);
        if (connected.Failure is { } unconnected) return unconnected.ApplyTo(seen);

        try
        {
            await using var stream = new NetworkStream(connected.Socket!, ownsSocket: false);
            return await ShakeAsync(stream, terms, margins, seen, run);
        }
        finally
        {
            closing.Close(connected.Socket!, to, spoken: true);
        }
    }

    private async ValueTask<Observation> ShakeAsync(NetworkStream inner, TlsTerms terms, ExpiryMargins margins, Observation seen, RunContext run)
    {
        using var roots = terms.Roots(out var unusable);
        if (roots is null) return unusable!.Value.ApplyTo(seen);
        var handshaken = await TlsHandshake.AuthenticateAsync(inner, terms, policy: null, run);
        seen.AddPhase("tls", handshaken.Elapsed);
        await using var stream = handshaken.Stream;
        using var certificates = handshaken.Certificates;
        var failure = handshaken.Failure;
        if (stream is not null && handshaken.WantsCertificate) failure = await HearLastWordAsync(handshaken, run);

        var moment = Moment.Of(run.Time.GetUtcNow(), clock());
        if (moment.IsUnsynced) seen.Describe("clock", "unsynced");
        var report = new TlsReport(handshaken, failure, terms, certificates?.Follow(roots.Policy, moment.Now), margins, moment);
        report.Describe(seen);
        if (stream is not null && failure is null && !run.Cancellation.IsCancellationRequested) await TlsHandshake.FinishAsync(handshaken, inner.Socket, run);
        return report.Conclude(seen);
    }

    // RFC 8446 section 4.4.2.4: in TLS 1.3 the handshake is over for the client before the server says whether it can do without a certificate.
    private static async ValueTask<Failure?> HearLastWordAsync(Handshaken handshaken, RunContext run)
    {
        if (handshaken.Agreed!.Version != TlsNames.Tls13) return null;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        using var timer = run.Time.CreateTimer(static source => ((CancellationTokenSource)source!).Cancel(), enough, handshaken.Elapsed + Patience, Timeout.InfiniteTimeSpan);
        try
        {
            await handshaken.Stream!.ReadExactlyAsync(new byte[1], enough.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (IOException e)
        {
            return TlsFailures.Afterwards(e);
        }
    }

    // A bare IPv6 address ends in a colon and digits, too, and there they are part of it.
    private static (string Host, int Port) Split(string target) =>
        !IPAddress.TryParse(target, out _) && Targets.TrySplit(target, out var host, out var port) ? (host, port) : (Targets.Unbracket(target), UsualPort);

    // RFC 7301 section 3.1: a protocol's name is 1 to 255 bytes.
    private static string? RefuseProtocols(string list)
    {
        var names = list.Split(',', StringSplitOptions.TrimEntries);
        if (names.Any(name => name.Length == 0)) return $"'{list}' holds an empty name; give protocols such as h2,http/1.1";
        return names.FirstOrDefault(name => Encoding.UTF8.GetByteCount(name) > LongestProtocol) is { } tooLong ? $"'{tooLong}' is longer than {LongestProtocol} bytes" : null;
    }
}
