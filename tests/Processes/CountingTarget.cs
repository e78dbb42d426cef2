using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Processes;

/// <summary>A web server outside the system under test that counts what it was asked, path by path.</summary>
public sealed class CountingTarget : IAsyncDisposable
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong"u8.ToArray();

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, int> asked = new();
    private readonly Task accepting;

    public CountingTarget()
    {
        listener.Start(backlog: 512);
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Asked(string path) => asked.GetValueOrDefault(path);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptSocketAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            listener.Stop();
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var buffer = new byte[4096];
                var read = await socket.ReceiveAsync(buffer);
                var words = Encoding.ASCII.GetString(buffer, 0, read).Split(' ');
                if (words.Length < 2) return;
                asked.AddOrUpdate(words[1], 1, (_, count) => count + 1);
                await socket.SendAsync(Answer);
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
            {
                // A killed client is what these tests are about; the request it made is counted.
                return;
            }
        }
    }
}
