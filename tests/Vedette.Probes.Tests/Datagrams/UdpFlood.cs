using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Tests.Datagrams;

/// <summary>
/// Somebody on loopback who answers a datagram again and again, until the next one comes, and has a stranger say the same from another port. It floods from
/// a thread of its own: on one of the pool it would hold up the probe as no peer can.
/// </summary>
internal sealed class UdpFlood : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly Socket socket = Open();
    private readonly Socket stranger = Open();
    private readonly CancellationTokenSource stop = new();
    private readonly Task flooding;

    /// <param name="answers">What is said to a datagram, in turn.</param>
    public UdpFlood(Func<byte[], byte[][]> answers) =>
        flooding = Task.Factory.StartNew(() => Serve(answers), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public string Target => socket.LocalEndPoint!.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await flooding;
        socket.Dispose();
        stranger.Dispose();
        stop.Dispose();
    }

    private static Socket Open()
    {
        var opened = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        opened.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return opened;
    }

    private void Serve(Func<byte[], byte[][]> answers)
    {
        var buffer = new byte[2048];
        while (!stop.IsCancellationRequested)
        {
            if (!socket.Poll(Look, SelectMode.SelectRead)) continue;
            EndPoint asker = new IPEndPoint(IPAddress.Any, 0);
            var noise = answers(buffer[..socket.ReceiveFrom(buffer, ref asker)]);
            Flood(noise, asker.Serialize());
        }
    }

    private void Flood(byte[][] noise, SocketAddress asker)
    {
        for (var turn = 0; !stop.IsCancellationRequested && socket.Available == 0; turn = (turn + 1) % noise.Length)
        {
            socket.SendTo(noise[turn], SocketFlags.None, asker);
            stranger.SendTo(noise[turn], SocketFlags.None, asker);
        }
    }
}
