using System.Net;
using System.Net.Sockets;
using Vedette.Linux.Host;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Ntp;

/// <summary>One check: its target and terms, read once.</summary>
internal sealed class BoundNtp
{
    // RFC 5905 section 7.2.
    private const int DefaultPort = 123;

    private readonly NtpSurroundings around;
    private readonly string host;
    private readonly int port;
    private readonly Family family;
    private readonly NtpTerms terms;

    private long? lastAsked;

    public BoundNtp(NtpSurroundings around, string target, OptionValues options)
    {
        (this.around, family, terms) = (around, options.Family(), NtpTerms.From(options));
        if (!Targets.TrySplit(target, out host, out port)) (host, port) = (Targets.Unbracket(target), DefaultPort);
    }

    public async ValueTask<Observation> RunAsync(RunContext run)
    {
        var seen = new Observation();
        if (TooSlow(run.Timeout) is { } slow) return slow.ApplyTo(seen);
        if (await around.Resolver.FindAsync(host, family, seen, run) is not { } address) return seen;
        var server = new IPEndPoint(address, port);
        if (around.Kisses.Standing(server, run) is { } standing) return standing.ApplyTo(seen);
        var asking = new NtpRun(around, terms, server, Gap(run), seen, run);
        var failure = await asking.AskAsync();
        var clock = around.Clock();
        if (clock is { } state) seen.Describe("clock", state.IsSynchronized ? "synced" : "unsynced");
        asking.Findings.Describe(seen, server.AddressFamily == AddressFamily.InterNetworkV6);
        if (failure is { } failed) return failed.ApplyTo(seen);
        around.Kisses.Forget(server);
        return Conclude(asking.Findings, clock, seen);
    }

    // The descriptor sees no timeout, so this is found out only here.
    private Failure? TooSlow(TimeSpan timeout)
    {
        var whole = around.Spacing * (terms.Samples - 1);
        return whole < timeout ? null : Failure.Unknown(
            Reasons.Unsupported,
            $"{terms.Samples} samples, {Durations.Format(around.Spacing)} apart, need more than the timeout of {Durations.Format(timeout)}; take fewer or raise the timeout");
    }

    private TimeSpan? Gap(RunContext run)
    {
        var gap = lastAsked is { } last ? run.Time.GetElapsedTime(last) : (TimeSpan?)null;
        lastAsked = run.Time.GetTimestamp();
        return gap;
    }

    private Observation Conclude(NtpFindings findings, HostClock? clock, Observation seen)
    {
        if (terms.RefuseOffset(findings.Offset, findings.Uncertainty) is { } apart)
        {
            // Of two clocks that differ it takes one that is right to say that the other is wrong.
            return clock is { IsSynchronized: false }
                ? seen.Unknown(Reasons.ClockUnsynced, $"{apart}; but nothing keeps the clock of this host right, so it may be that one: run chrony, systemd-timesyncd or ntpd")
                : seen.Down(NtpReasons.Offset, apart);
        }

        return NtpTerms.Doubt(findings.Answer!.Value) is { } doubt ? seen.Degraded(NtpReasons.StaleReference, doubt) : seen.Up();
    }
}
