using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Http;

/// <summary>A peer that reads one HTTP/2 request by prior knowledge and answers it with exactly these bytes, then closes.</summary>
internal sealed class Http2Peer : IAsyncDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte ResetStream = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte GoAway = 7;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;
    public const byte Padded = 8;

    /// <summary>What fits into the buffers of two sockets may be sent beyond what is read.</summary>
    public const long BufferedAtMost = 16 * 1024 * 1024;

    private const int PrefaceSize = 24;

    private readonly Peer peer;
    private int connections;
    private int requests;
    private long sent;

    public Http2Peer(params byte[][] frames)
        : this((send, _) => send(Join(frames)))
    {
    }

    public Http2Peer(Func<Func<ReadOnlyMemory<byte>, Task>, Socket, Task> answer) => peer = new Peer(async (socket, stop) =>
    {
        socket.NoDelay = true;
        Interlocked.Increment(ref connections);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        await ReadRequestAsync(stream, stop);
        await answer(bytes => SendAsync(socket, bytes, stop), socket);
        if (socket.Connected) socket.Shutdown(SocketShutdown.Send);

        // Closing with unread bytes is a reset (RFC 1122 section 4.2.2.13), which is another story.
        await DrainAsync(stream, stop);
    });

    /// <summary>A peer that never comes to an end.</summary>
    public static Http2Peer Repeating(byte[] beginning, byte[] repeated) => new(async (send, socket) =>
    {
        await send(beginning);
        var noise = Join([.. Enumerable.Repeat(repeated, Math.Max(1, 4096 / repeated.Length))]);
        while (socket.Connected) await send(noise);
    });

    public int Connections => Volatile.Read(ref connections);

    /// <summary>Requests seen, over all connections.</summary>
    public int Requests => Volatile.Read(ref requests);

    /// <summary>Bytes that the probe's side took.</summary>
    public long Sent => Interlocked.Read(ref sent);

    public string Url => $"http://{peer.Target}/";

    public static byte[] Hello => Frame(Settings, 0, 0);

    public static byte[] Ok => Frame(Headers, EndHeaders, 1, 0x88);

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Frame(byte type, byte flags, int stream, params byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    public static byte[] Text(byte flags, string text) => Frame(Data, flags, 1, Encoding.ASCII.GetBytes(text));

    public static byte[] Number(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>A literal field without indexing (RFC 7541 section 6.2.2), each text shorter than 127.</summary>
    public static byte[] Field(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var taken = await socket.SendAsync(bytes[at..], stop);
            at += taken;
            Interlocked.Add(ref sent, taken);
        }
    }

    /// <summary>Reads frames up to the header of the next request; false when the probe hung up.</summary>
    public static async Task<bool> ReadToHeadersAsync(Stream stream, CancellationToken stop)
    {
        var header = new byte[9];
        do
        {
            if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, stop) < header.Length) return false;
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8], stop);
        }
        while (header[3] != Headers);
        return true;
    }

    private async Task ReadRequestAsync(NetworkStream stream, CancellationToken stop)
    {
        await stream.ReadExactlyAsync(new byte[PrefaceSize], stop);
        if (await ReadToHeadersAsync(stream, stop)) Interlocked.Increment(ref requests);
    }

    // What comes after the request is read too, for a second request.
    private async Task DrainAsync(NetworkStream stream, CancellationToken stop)
    {
        while (await ReadToHeadersAsync(stream, stop)) Interlocked.Increment(ref requests);
    }
}
