using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Tests.Datagrams;

/// <summary>Somebody on loopback who treats every datagram as its test wants; it ends with the test.</summary>
internal sealed class UdpPeer : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int heard;

    /// <param name="treat">Gets each datagram, and gives what is sent back, in order.</param>
    /// <param name="host">The address to listen on.</param>
    public UdpPeer(Func<byte[], IEnumerable<byte[]>> treat, string host = "127.0.0.1")
    {
        Socket = new(IPAddress.Parse(host).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        Socket.Bind(new IPEndPoint(IPAddress.Parse(host), 0));
        serving = ServeAsync(treat);
    }

    public Socket Socket { get; }

    public int Port => ((IPEndPoint)Socket.LocalEndPoint!).Port;

    public string Target => Socket.LocalEndPoint!.ToString()!;

    /// <summary>How many datagrams came.</summary>
    public int Heard => Volatile.Read(ref heard);

    /// <summary>Completes when the first one has all its answers; on loopback they are with the asker by then.</summary>
    public Task Answered => answered.Task;

    public static IEnumerable<byte[]> Silence(byte[] datagram) => [];

    public static IEnumerable<byte[]> Echo(byte[] datagram) => [datagram];

    /// <summary>A target of this host where nobody is.</summary>
    public static string Nobody(string host = "127.0.0.1")
    {
        using var socket = new Socket(IPAddress.Parse(host).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(host), 0));
        return string.Create(CultureInfo.InvariantCulture, $"{socket.LocalEndPoint}");
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        Socket.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync(Func<byte[], IEnumerable<byte[]>> treat)
    {
        var buffer = new byte[65_535];
        try
        {
            while (true)
            {
                var any = Socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
                var received = await Socket.ReceiveFromAsync(buffer, new IPEndPoint(any, 0), stop.Token);
                Interlocked.Increment(ref heard);
                foreach (var answer in treat(buffer[..received.ReceivedBytes]))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    await Socket.SendToAsync(answer, received.RemoteEndPoint, stop.Token);
                }

                answered.TrySetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
            return;
        }
    }
}
