using System.Net.Sockets;

namespace Vedette.Cli.Echo;

/// <summary>Accepts connections until cancelled, a bounded number at a time; the ones beyond wait in the kernel's backlog.</summary>
internal static class Connections
{
    private const int Most = 1024;

    public static async Task ServeAsync(Socket listener, Func<Socket, CancellationToken, Task> serve, CancellationToken cancellation)
    {
        using var places = new SemaphoreSlim(Most);
        try
        {
            while (true)
            {
                await places.WaitAsync(cancellation);
                _ = ServeOneAsync(await listener.AcceptAsync(cancellation), serve, places, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelling is how it is told to end.
            listener.Close();
        }
    }

    private static async Task ServeOneAsync(Socket socket, Func<Socket, CancellationToken, Task> serve, SemaphoreSlim places, CancellationToken cancellation)
    {
        try
        {
            await serve(socket, cancellation);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The peer hung up or the server ends; either way this connection is over, abruptly.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        finally
        {
            socket.Dispose();
            if (!cancellation.IsCancellationRequested) places.Release();
        }
    }
}
