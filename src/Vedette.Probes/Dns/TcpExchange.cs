using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Vedette.Probes.Dns;

/// <summary>Asks over an open TCP connection: each message with its length before it (RFC 7766 section 8).</summary>
internal static class TcpExchange
{
    private const int LengthSize = 2;

    /// <summary>Asks; ends by the run's deadline.</summary>
    public static async ValueTask<Heard> AskAsync(DnsQuery query, bool edns, Socket socket, IPEndPoint server, Tally tally, RunContext run)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
            await stream.WriteAsync(Framed(query, id, edns), run.Cancellation);
            return await ListenAsync(stream, query, id, server, tally, run.Cancellation);
        }
        catch (OperationCanceledException)
        {
            return Heard.Nothing(Failure.CutShort(run, $"waiting for an answer of {server} over TCP"));
        }
        catch (IOException e)
        {
            return Heard.Nothing(SocketFailures.From(e, $"waiting for an answer of {server} over TCP"));
        }
    }

    // Length and message in one write, so that they leave in one packet.
    private static ReadOnlyMemory<byte> Framed(DnsQuery query, ushort id, bool edns)
    {
        var message = new byte[LengthSize + DnsQuery.Longest];
        var length = query.Write(message.AsSpan(LengthSize), id, edns);
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        return message.AsMemory(0, LengthSize + length);
    }

    private static async ValueTask<Heard> ListenAsync(Stream stream, DnsQuery query, ushort id, IPEndPoint server, Tally tally, CancellationToken cancellation)
    {
        var prefix = new byte[LengthSize];
        while (true)
        {
            await stream.ReadExactlyAsync(prefix, cancellation);
            var length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancellation);
                var message = buffer.AsSpan(0, length);
                if (query.IsAnsweredBy(message, id)) return Heard.Read(message, query, server);
                tally.Ignore();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
