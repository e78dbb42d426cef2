using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Http;

/// <summary>A peer that answers each request with exactly these bytes, then closes.</summary>
internal sealed class HttpPeer : IAsyncDisposable
{
    private readonly Peer peer;

    public HttpPeer(Func<string, string> answer)
        : this((request, socket, stop) => SendAsync(socket, Encoding.Latin1.GetBytes(answer(request)), stop))
    {
    }

    public HttpPeer(Func<string, Socket, CancellationToken, Task> answer) => peer = new Peer(async (socket, stop) =>
    {
        var request = await ReadHeadAsync(socket, stop);
        Requests.Enqueue(request);
        await answer(request, socket, stop);
        socket.Shutdown(SocketShutdown.Both);
    });

    public ConcurrentQueue<string> Requests { get; } = new();

    public string Authority => peer.Target;

    public string Url(string path = "/") => $"http://{peer.Target}{path}";

    public static string Page(string body, string status = "200 OK", string fields = "") =>
        $"HTTP/1.1 {status}\r\n{fields}Content-Length: {body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)}\r\n\r\n{body}";

    public static string Path(string request) => request.Split(' ')[1];

    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        for (var sent = 0; sent < bytes.Length;) sent += await socket.SendAsync(bytes[sent..], stop);
    }

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    public static async Task<string> ReadHeadAsync(Socket socket, CancellationToken stop)
    {
        var head = new StringBuilder();
        var buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer, stop);
            if (read == 0) break;
            head.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return head.ToString();
    }
}
