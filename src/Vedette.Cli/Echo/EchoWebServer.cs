using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vedette.Cli.Echo;

/// <summary>
/// A web server to watch: <c>/ping</c> answers <c>pong</c>, <c>/?first=2&amp;second=3</c> the sum and a random number between the two.
/// One request a connection, so that every check sees a cold one.
/// </summary>
internal sealed class EchoWebServer : IDisposable
{
    private const int MostHead = 16 * 1024;

    private readonly Sickness sickness;
    private readonly Socket listener;

    /// <summary>Binds it.</summary>
    /// <exception cref="SocketException">The port cannot be had.</exception>
    public EchoWebServer(IPEndPoint at, Sickness sickness)
    {
        this.sickness = sickness;
        listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(at);
        listener.Listen(512);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)listener.LocalEndPoint!;

    /// <summary>Serves until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Connections.ServeAsync(listener, ServeAsync, cancellation);

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private async Task ServeAsync(Socket socket, CancellationToken cancellation)
    {
        var target = await ReadTargetAsync(socket, cancellation);
        await sickness.WaitAsync(cancellation);
        var (status, body) = target is null ? ("400 Bad Request", "that is no HTTP request\n")
            : sickness.Fails() ? ("503 Service Unavailable", "sick, as asked for with --fail-rate\n")
            : Answer(target);
        var answer = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
        await socket.SendAsync(Encoding.UTF8.GetBytes(answer), cancellation);
        socket.Shutdown(SocketShutdown.Send);
    }

    // RFC 9112 section 3: method, target and version with single blanks; the head ends with an empty line.
    private static async Task<string?> ReadTargetAsync(Socket socket, CancellationToken cancellation)
    {
        var head = new byte[MostHead];
        var filled = 0;
        while (filled < MostHead && head.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await socket.ReceiveAsync(head.AsMemory(filled), cancellation);
            if (read == 0) return null;
            filled += read;
        }

        var line = Encoding.ASCII.GetString(head, 0, filled).Split("\r\n")[0].Split(' ');
        return line is [_, ['/', ..] target, ['H', 'T', 'T', 'P', '/', ..]] ? target : null;
    }

    private static (string Status, string Body) Answer(string target)
    {
        if (target == "/ping") return ("200 OK", "pong\n");
        if (!target.StartsWith("/?", StringComparison.Ordinal)) return ("404 Not Found", "try /ping or /?first=2&second=3\n");
        var numbers = target[2..].Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        if (!TryNumber(numbers["first"], out var first) || !TryNumber(numbers["second"], out var second)) return ("400 Bad Request", "first and second must be whole numbers\n");
        var (low, high) = first < second ? (first, second) : (second, first);
        return ("200 OK", string.Create(CultureInfo.InvariantCulture, $"sum {(long)first + second}\nrandom {Random.Shared.NextInt64(low, (long)high + 1)}\n"));
    }

    private static bool TryNumber(IEnumerable<string> texts, out int number) =>
        int.TryParse(texts.FirstOrDefault(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
