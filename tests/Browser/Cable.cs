using System.Net;
using System.Net.Sockets;

namespace Browser;

/// <summary>A connection to a port of this machine that a test can pull out and put back while both ends live on.</summary>
internal sealed class Cable : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int port;
    private readonly Task serving;
    private CancellationTokenSource plugged = new();
    private volatile bool isOver;

    public Cable(int port)
    {
        this.port = port;
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>The same address at this end of the cable.</summary>
    public Uri Reach(Uri address) => new UriBuilder(address) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;

    /// <summary>Breaks every connection, and every new one until it is mended.</summary>
    public void Cut() => plugged.Cancel();

    public void Mend() => plugged = new();

    public async ValueTask DisposeAsync()
    {
        isOver = true;
        await plugged.CancelAsync();
        listener.Dispose();
        await serving;
        plugged.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!isOver)
        {
            try
            {
                _ = JoinAsync(await listener.AcceptTcpClientAsync(), plugged.Token);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException && isOver)
            {
                return;
            }
        }
    }

    private async Task JoinAsync(TcpClient near, CancellationToken cut)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, port, cut);
                await await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), cut), far.GetStream().CopyToAsync(near.GetStream(), cut));
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                // The cable is cut, or an end is gone: the near end learns it abruptly.
                near.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
    }
}
