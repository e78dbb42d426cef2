using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Connect;

/// <summary>What connecting gave: a socket or a failure, and what the kernel knows of the handshake.</summary>
/// <param name="Socket">Connected; the caller disposes it.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Elapsed">From SYN to SYN-ACK, or to the failure.</param>
/// <param name="SynRetransmits">How often the SYN was sent again; a time near 1, 3 or 7 s is this, not a slow server (RFC 6298 section 2).</param>
/// <param name="Rtt">The kernel's round-trip estimate, in seconds.</param>
internal readonly record struct Connected(Socket? Socket, Failure? Failure, TimeSpan Elapsed, int SynRetransmits, double? Rtt);

/// <summary>Opens TCP connections to one address, never longer than the run may take.</summary>
internal static class TcpConnector
{
    // struct tcp_info of linux/tcp.h: tcpi_retransmits is byte 2; tcpi_rtt (microseconds) is the 16th 32-bit field after 8 bytes of flags.
    private const int IpProtoTcp = 6;
    private const int TcpInfo = 11;
    private const int TcpInfoLength = 104;
    private const int RetransmitsOffset = 2;
    private const int RttOffset = 68;
    private const int TotalRetransOffset = 100;

    /// <summary>Connects; a value in every case.</summary>
    public static async ValueTask<Connected> ConnectAsync(IPEndPoint to, RunContext run)
    {
        var start = run.Elapsed;
        Socket? socket = null;
        try
        {
            socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(to, run.Cancellation);
            var elapsed = run.Elapsed - start;
            if (IsConnectedToItself(socket)) return Fail(socket, Failure.Down(Reasons.Refused, $"nothing listens on {to}: the connection met itself"), elapsed);
            var (retransmits, rtt) = Inspect(socket);
            return new(socket, null, elapsed, retransmits, rtt);
        }
        catch (OperationCanceledException)
        {
            return Fail(socket, Failure.CutShort(run, $"connecting to {to}"), run.Elapsed - start);
        }
        catch (SocketException e)
        {
            return Fail(socket, SocketFailures.From(e.SocketErrorCode, $"connecting to {to}"), run.Elapsed - start);
        }
    }

    private static Connected Fail(Socket? socket, Failure failure, TimeSpan elapsed)
    {
        var retransmits = 0;
        if (socket is not null)
        {
            if (failure.Reason == Reasons.Timeout) retransmits = Math.Max(0, Retransmits(elapsed));
            socket.Dispose();
        }

        return new(null, failure, elapsed, retransmits, null);
    }

    // A cancelled connect has closed its handle, so the count follows from the kernel's timer: 1 s, doubled each time (RFC 6298 section 2.1, 5.5).
    private static int Retransmits(TimeSpan elapsed) => (int)Math.Floor(Math.Log2(elapsed.TotalSeconds + 1));

    private static (int Retransmits, double? Rtt) Inspect(Socket socket)
    {
        Span<byte> info = stackalloc byte[TcpInfoLength];
        var length = socket.GetRawSocketOption(IpProtoTcp, TcpInfo, info);
        if (length < TcpInfoLength) return (info[RetransmitsOffset], null);
        var rtt = BinaryPrimitives.ReadUInt32LittleEndian(info[RttOffset..]) / 1e6;
        return ((int)BinaryPrimitives.ReadUInt32LittleEndian(info[TotalRetransOffset..]), rtt);
    }

    // On loopback an ephemeral port can be its own target: simultaneous open (RFC 9293 section 3.5) with nobody there.
    private static bool IsConnectedToItself(Socket socket) => Equals(socket.LocalEndPoint, socket.RemoteEndPoint);
}
