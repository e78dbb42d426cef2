using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Browser;

/// <summary>A web server to watch that answers every request with what it was last told.</summary>
internal sealed class Target : IAsyncDisposable
{
    public const string Well = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong";
    public const string Sick = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsick";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private volatile string answer = Well;

    public Target()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public void Answer(string with) => answer = with;

    /// <summary>A check of this target that changes its status with every run.</summary>
    public string Check(string id, string more = "") => $$"""{"id":"{{id}}","kind":"http","target":"{{Url}}","every":"1s","failAfter":1,"recoverAfter":1{{more}}}""";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[4096];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var socket = await listener.AcceptSocketAsync(stop.Token);
                await socket.ReceiveAsync(buffer, stop.Token);
                await socket.SendAsync(Encoding.UTF8.GetBytes(answer), stop.Token);
                socket.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The hub was killed in the middle of a request, or the test is over: the next connection is what matters.
                continue;
            }
        }
    }
}
