using System.Net;
using System.Net.Sockets;

namespace Vedette.Cli.Echo;

/// <summary>Sends back what it gets, over TCP and UDP on the same port (RFC 862).</summary>
internal sealed class EchoServer : IDisposable
{
    private const int MostTries = 20;

    private readonly Sickness sickness;
    private readonly Socket tcp;
    private readonly Socket udp;

    /// <summary>Binds both.</summary>
    /// <exception cref="SocketException">The port cannot be had.</exception>
    public EchoServer(IPEndPoint at, Sickness sickness)
    {
        this.sickness = sickness;
        (tcp, udp) = Bind(at);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)tcp.LocalEndPoint!;

    /// <summary>Echoes until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(Connections.ServeAsync(tcp, EchoAsync, cancellation), EchoDatagramsAsync(cancellation));

    /// <inheritdoc/>
    public void Dispose()
    {
        tcp.Dispose();
        udp.Dispose();
    }

    // A port that the kernel chose for TCP may be taken for UDP; then another is tried.
    private static (Socket Tcp, Socket Udp) Bind(IPEndPoint at)
    {
        for (var tried = 1; ; tried++)
        {
            var stream = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var datagram = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                stream.Bind(at);
                datagram.Bind(stream.LocalEndPoint!);
                stream.Listen(512);
                return (stream, datagram);
            }
            catch (SocketException)
            {
                stream.Dispose();
                datagram.Dispose();
                if (at.Port != 0 || tried >= MostTries) throw;
            }
        }
    }

    private async Task EchoAsync(Socket socket, CancellationToken cancellation)
    {
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer, cancellation) is var read and > 0)
        {
            await sickness.WaitAsync(cancellation);
            if (sickness.Fails()) throw new SocketException((int)SocketError.ConnectionReset);
            for (var sent = 0; sent < read;) sent += await socket.SendAsync(buffer.AsMemory(sent, read - sent), cancellation);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private async Task EchoDatagramsAsync(CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var from = await udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellation);
                if (sickness.Hangs || sickness.Fails()) continue;
                await sickness.WaitAsync(cancellation);
                await udp.SendToAsync(buffer.AsMemory(0, from.ReceivedBytes), from.RemoteEndPoint, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelling is how it is told to end.
            udp.Close();
        }
    }
}
