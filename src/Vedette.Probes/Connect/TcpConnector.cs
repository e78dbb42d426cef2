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
        var connecting = Task.CompletedTask;
        Failure? failure;
        try
        {
            socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

            // Cancelling the connect itself would close the socket before the kernel could be asked about it.
            connecting = socket.ConnectAsync(to);
            await connecting.WaitAsync(run.Cancellation);
            failure = IsConnectedToItself(socket) ? Failure.Down(Reasons.Refused, $"nothing listens on {to}: the connection met itself") : null;
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
        var (retransmits, rtt) = socket is null ? default : Inspect(socket);
        if (failure is null) return new(socket, null, elapsed, retransmits, rtt);
        socket?.Dispose();
        await connecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new(null, failure, elapsed, retransmits, null);
    }

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
