using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Vedette.Linux.Sockets;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Connect;

/// <summary>What connecting gave: a socket or a failure, and what the kernel knows of the handshake.</summary>
/// <param name="Socket">Connected; the caller disposes it.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Elapsed">From SYN to SYN-ACK, or to the failure.</param>
/// <param name="SynRetransmits">How often the SYN was sent again; a time near 1, 3 or 7 s is this, not a slow server (RFC 6298 section 2).</param>
/// <param name="Rtt">The kernel's round-trip estimate, in seconds.</param>
/// <param name="Reporter">Who reported the failure, where it was an ICMP error.</param>
internal readonly record struct Connected(Socket? Socket, Failure? Failure, TimeSpan Elapsed, int SynRetransmits, double? Rtt, IPAddress? Reporter = null)
{
    /// <summary>Records the phase, and who ended it where that was not the target itself.</summary>
    public void Describe(Observation seen)
    {
        seen.AddPhase("connect", Elapsed);
        if (Reporter is { } reporter) seen.Describe("reported_by", reporter.ToString());
    }
}

/// <summary>Opens TCP connections to one address, never longer than the run may take.</summary>
internal static class TcpConnector
{
    // struct tcp_info of linux/tcp.h: tcpi_state is byte 0, tcpi_retransmits byte 2; tcpi_rtt (microseconds) is the 16th 32-bit field after 8 bytes of flags.
    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const int TcpInfoLength = 104;
    private const int RetransmitsOffset = 2;
    private const int RttOffset = 68;
    private const int TotalRetransOffset = 100;
    private const byte SynSent = 2;

    // Of a report only who, and which type and code, is asked for: the kernel keeps no more of them than a connect can cause.
    private const int MostReports = 8;
    private const int TcpHeaderSize = 60;

    // RFC 6298 section 2.1, doubled each time by section 5.5.
    private static readonly TimeSpan FirstRetransmission = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Connects; a value in every case. A router without a way on may have one a moment later, so what it says does not end the attempt (RFC 1122
    /// section 4.2.3.9). Linux gives up such a socket all the same, so the next SYN comes from a new one, when it would have been sent again.
    /// </summary>
    public static async ValueTask<Connected> ConnectAsync(IPEndPoint to, RunContext run)
    {
        var start = run.Elapsed;
        var (resent, said, pause) = (0, default(Connected?), FirstRetransmission);
        while (true)
        {
            var tried = await TryAsync(to, start, run);
            resent += tried.SynRetransmits;
            tried = tried with { SynRetransmits = resent };
            if (tried.Failure is not { } failure) return tried;
            if (failure.Reason == Reasons.Timeout && said is { } earlier) return earlier with { Elapsed = tried.Elapsed, SynRetransmits = resent };

            // Once no further SYN can be sent in time, no SYN-ACK can come either.
            if (!MayPass(tried) || pause >= run.Remaining) return tried;
            if (!await RestAsync(pause, run)) return tried with { Failure = Failure.CutShort(run, $"connecting to {to}"), Elapsed = run.Elapsed - start, Reporter = null };
            (said, pause) = (tried, pause * 2);
            resent++;
        }
    }

    private static async ValueTask<Connected> TryAsync(IPEndPoint to, TimeSpan start, RunContext run)
    {
        Socket? socket = null;
        var connecting = Task.CompletedTask;
        Failure? failure = null;
        try
        {
            socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.KeepReports();

            // Cancelling the connect itself would close the socket before the kernel could be asked about it.
            connecting = socket.ConnectAsync(to);
            await connecting.WaitAsync(run.Cancellation);
        }
        catch (OperationCanceledException)
        {
            failure = Failure.CutShort(run, $"connecting to {to}");
        }
        catch (SocketException e)
        {
            failure = SocketFailures.Connecting(e.SocketErrorCode, to);
        }

        var elapsed = run.Elapsed - start;
        var (state, retransmits, rtt) = socket is null ? default : Inspect(socket);

        // A report that comes while the kernel is busy with the call leaves the socket as it is, but wakes whoever waits for the connection.
        failure ??= state == SynSent ? SocketFailures.Connecting(SocketError.HostUnreachable, to) : Confirm(socket!, to);
        if (failure is null) return new(socket, null, elapsed, retransmits, rtt);
        var report = socket is null || failure.Value.Reason == Reasons.Cancelled ? null : ReadReport(socket);
        socket?.Dispose();
        await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new(null, report is null ? failure : Explain(report.Value, to), elapsed, retransmits, null, report?.Reporter);
    }

    private static Failure? Confirm(Socket socket, IPEndPoint to)
    {
        socket.DropReports();

        // On loopback an ephemeral port can be its own target: simultaneous open (RFC 9293 section 3.5) with nobody there.
        return Equals(socket.LocalEndPoint, to) ? Failure.Down(Reasons.Refused, $"nothing listens on {to}: the connection met itself") : null;
    }

    private static (byte State, int Retransmits, double? Rtt) Inspect(Socket socket)
    {
        Span<byte> info = stackalloc byte[TcpInfoLength];
        var length = socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info);
        if (length < TcpInfoLength) return (info[0], info[RetransmitsOffset], null);
        var rtt = BinaryPrimitives.ReadUInt32LittleEndian(info[RttOffset..]) / 1e6;
        return (info[0], (int)BinaryPrimitives.ReadUInt32LittleEndian(info[TotalRetransOffset..]), rtt);
    }

    // The last thing said is what ended the attempt.
    private static ErrorReport? ReadReport(Socket socket)
    {
        var batch = new ReceiveBatch(MostReports, TcpHeaderSize);
        for (var last = socket.Read(batch, reports: true, out _) - 1; last >= 0; last--)
            if (batch.Arrival(last).Report is { } report) return report;
        return null;
    }

    private static Failure Explain(ErrorReport report, IPEndPoint to)
    {
        var failure = IcmpErrors.Explain(report.Type, report.Code, null, to.Address, report.Reporter);
        return failure with { Message = $"{failure.Message} while connecting to {to}" };
    }

    // RFC 1122 section 4.2.3.9 and RFC 5461 section 2: errors of the way. Of what the target or a firewall has decided, no later SYN changes anything.
    private static bool MayPass(Connected tried) => tried.Reporter is not null && tried.Failure!.Value.Reason
        is Reasons.NetworkUnreachable or Reasons.HostUnreachable or Reasons.TtlExceeded or Reasons.PacketLoss or Reasons.ProtocolError;

    private static async ValueTask<bool> RestAsync(TimeSpan pause, RunContext run)
    {
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
}
