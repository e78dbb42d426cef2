using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Vedette.Cli.Tests;

/// <summary>Answers as a hub, one connection after the other, with what a test has it say, and tells what it was asked.</summary>
internal sealed class ScriptedHub : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string> answer;
    private readonly CancellationTokenSource stop = new();
    private readonly List<string> asked = [];
    private readonly Task serving;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Everything behind the status line for a path with its query: fields, an empty line, and the body.</param>
    public ScriptedHub(Func<string, string> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public string Url => $"http://{listener.LocalEndpoint}";

    /// <summary>The paths with their queries.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (asked) return [.. asked];
        }
    }

    public static string Json(string body) => $"Content-Type: application/json\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            using var reader = new StreamReader(client.GetStream());
            if (await reader.ReadLineAsync(stop.Token) is not { } request) continue;
            while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 }) continue;
            var path = request.Split(' ')[1];
            lock (asked) asked.Add(path);
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\n{answer(path)}"), stop.Token);
        }
    }
}
