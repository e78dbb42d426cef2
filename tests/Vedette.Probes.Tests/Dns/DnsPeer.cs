using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Tests.Dns;

/// <summary>A name server on loopback that answers as its test wants, over UDP and TCP on the same port; it ends with the test.</summary>
internal sealed class DnsPeer : IAsyncDisposable
{
    private readonly Socket datagrams;
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private int queries;

    /// <param name="answer">The messages that a query over UDP is answered with.</param>
    /// <param name="treat">What happens with a query over TCP, if anything.</param>
    public DnsPeer(Func<byte[], IEnumerable<byte[]>> answer, Func<Socket, byte[], CancellationToken, Task>? treat = null)
        : this((peer, query, from) => peer.SendAsync(answer(query), from), treat)
    {
    }

    public DnsPeer(Func<DnsPeer, byte[], EndPoint, Task> hear, Func<Socket, byte[], CancellationToken, Task>? treat = null)
    {
        (datagrams, listener) = OpenBoth();
        if (treat is null) listener.Dispose();
        serving = Task.WhenAll(HearAsync(hear), treat is null ? Task.CompletedTask : ListenAsync(treat));
    }

    public string Server => $"127.0.0.1:{((IPEndPoint)datagrams.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture)}";

    public Parameters Set => Parameters.Empty.With("server", Server);

    /// <summary>How many queries came over UDP.</summary>
    public int Queries => Volatile.Read(ref queries);

    public static IEnumerable<byte[]> Silence(byte[] query) => [];

    /// <summary>Sends a message over TCP as it has to be framed, in pieces of so many bytes.</summary>
    public static async Task SendFramedAsync(Socket socket, byte[] message, int piece, CancellationToken stop)
    {
        socket.NoDelay = true;
        byte[] framed = [(byte)(message.Length >> 8), (byte)message.Length, .. message];
        for (var at = 0; at < framed.Length; at += piece) await socket.SendAsync(framed.AsMemory(at, Math.Min(piece, framed.Length - at)), stop);
    }

    public async Task SendAsync(IEnumerable<byte[]> messages, EndPoint to)
    {
        foreach (var message in messages) await datagrams.SendToAsync(message, to, stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        datagrams.Dispose();
        listener.Dispose();
        stop.Dispose();
    }

    private static (Socket, Socket) OpenBoth()
    {
        while (true)
        {
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                udp.Bind(tcp.LocalEndPoint!);
                tcp.Listen(16);
                return (udp, tcp);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // A port that is free for TCP need not be for UDP.
                tcp.Dispose();
                udp.Dispose();
            }
        }
    }

    private async Task HearAsync(Func<DnsPeer, byte[], EndPoint, Task> hear)
    {
        var buffer = new byte[2048];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var asked = await datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stop.Token);
                Interlocked.Increment(ref queries);
                await hear(this, buffer[..asked.ReceivedBytes], asked.RemoteEndPoint);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The probe stopped listening, or the test is over.
                continue;
            }
        }
    }

    private async Task ListenAsync(Func<Socket, byte[], CancellationToken, Task> treat)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await listener.AcceptAsync(stop.Token);
                await using var stream = new NetworkStream(socket, ownsSocket: false);
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, stop.Token);
                var query = new byte[(length[0] << 8) | length[1]];
                await stream.ReadExactlyAsync(query, stop.Token);
                await treat(socket, query, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // The probe hung up, or the test is over.
                continue;
            }
        }
    }
}
