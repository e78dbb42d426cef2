using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Vedette.Probes.Dns;

/// <summary>
/// One query over UDP, from a socket of its own: the kernel picks a random port (RFC 5452 section 9.2), and since the socket is connected it
/// drops what comes from elsewhere (section 9.1) and passes on what ICMP says of the server's port.
/// </summary>
internal sealed class UdpAttempt : IAsyncDisposable
{
    // Four times what was asked for. A longer answer is read no further than one that is marked as cut.
    private const int LargestDatagram = 4096;

    private readonly Socket socket;

    private UdpAttempt(Socket socket, Task<Heard> answer) => (this.socket, Answer) = (socket, answer);

    /// <summary>Ends with the answer, or by the deadline.</summary>
    public Task<Heard> Answer { get; }

    /// <summary>Sends the query and begins to listen; null when it could not be sent.</summary>
    public static UdpAttempt? Begin(DnsQuery query, bool edns, IPEndPoint server, Tally tally, RunContext run, out Failure? failure)
    {
        Socket? opened = null;
        try
        {
            var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
            Span<byte> message = stackalloc byte[DnsQuery.Longest];
            message.Clear();
            var length = query.Write(message, id, edns);
            opened = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            opened.Connect(server);
            tally.Sent ??= run.Elapsed;
            opened.Send(message[..length]);
            failure = null;
            return new(opened, ListenAsync(opened, query, id, server, tally, run));
        }
        catch (SocketException e)
        {
            opened?.Dispose();
            failure = SocketFailures.Connecting(e.SocketErrorCode, server);
            return null;
        }
    }

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await Answer;
    }

    private static async Task<Heard> ListenAsync(Socket socket, DnsQuery query, ushort id, IPEndPoint server, Tally tally, RunContext run)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LargestDatagram);
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(0, LargestDatagram), run.Cancellation);
                var message = buffer.AsSpan(0, length);
                if (!query.IsAnsweredBy(message, id)) tally.Ignore();
                else return IsCut(message) ? new(DnsReply.ReadCut(message), null) : Heard.Read(message, query, server);
            }
        }
        catch (OperationCanceledException)
        {
            return Heard.Nothing(Failure.CutShort(run, $"waiting for an answer of {server}"));
        }
        catch (SocketException e)
        {
            return Heard.Nothing(SocketFailures.From(e.SocketErrorCode, $"asking {server}"));
        }
        catch (ObjectDisposedException)
        {
            return Heard.Nothing(Failure.Unknown(Reasons.Cancelled, "another query was answered first"));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool IsCut(ReadOnlySpan<byte> message) =>
        message.Length == LargestDatagram || (new DnsReader(message).Flags & DnsFlags.Truncated) != DnsFlags.None;
}
