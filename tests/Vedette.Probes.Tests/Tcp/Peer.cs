using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Tests.Tcp;

/// <summary>A listener on loopback that treats every connection as its test wants; it ends with the test.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public Peer(Func<Socket, CancellationToken, Task> treat)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        serving = ServeAsync(treat);
    }

    public string Target => $"127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>Hears the other side out, until it hangs up, and says nothing.</summary>
    public static async Task Silence(Socket socket, CancellationToken stop)
    {
        var heard = new byte[1024];
        while (await socket.ReceiveAsync(heard, stop) > 0) socket.NoDelay = true;
    }

    /// <summary>Says something and then something else again and again, on a thread of its own: on one of the pool it would hold up the probe as no peer can.</summary>
    public static Task Pour(Socket socket, byte[] beginning, byte[] repeated, CancellationToken stop) => Pour(bytes => socket.Send(bytes), beginning, repeated, stop);

    /// <summary>The same over whatever takes its bytes.</summary>
    public static Task Pour(Action<byte[]> send, byte[] beginning, byte[] repeated, CancellationToken stop) => Task.Factory.StartNew(
        () =>
        {
            send(beginning);
            while (!stop.IsCancellationRequested) send(repeated);
        },
        stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await serving;
        stop.Dispose();
    }

    private async Task ServeAsync(Func<Socket, CancellationToken, Task> treat)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await listener.AcceptAsync(stop.Token);
                await treat(socket, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
            {
                // The probe hung up, or the test is over: either way the next connection is what matters.
                continue;
            }
        }
    }
}
