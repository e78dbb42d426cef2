using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Connect;

/// <summary>
/// Walks the path of a connection once within this process, so that the first measured one does not pay for loading and compiling the code
/// (some 10 ms). An agent needs it never, since its first runs are soon forgotten; a process that runs one check does.
/// </summary>
public static class Rehearsal
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Connects to a listener of its own and says a word each way. What goes wrong here says nothing and is left to the real run.</summary>
    public static async Task PlayAsync(TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        var run = new RunContext(time, time.GetTimestamp(), Patience, deadline.Token);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var connected = await TcpConnector.ConnectAsync((IPEndPoint)listener.LocalEndPoint!, run);
        if (connected.Socket is null) return;
        await using var ours = new NetworkStream(connected.Socket, ownsSocket: true);
        await using var theirs = new NetworkStream(await listener.AcceptAsync(run.Cancellation), ownsSocket: true);
        var reading = ours.ReadAsync(new byte[1], run.Cancellation);
        await theirs.WriteAsync(new byte[1], run.Cancellation);
        await reading;
    }
}
