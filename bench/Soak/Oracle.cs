using System.Net;
using System.Net.Sockets;

namespace Soak;

/// <summary>
/// What is watched: a web server, a listener and an echo of datagrams, each at a loopback address a check, so that it knows without Vedette how
/// often each check got an answer. The web server is ill in the first three seconds of a minute.
/// </summary>
internal sealed class Oracle : IAsyncDisposable
{
    /// <summary>How many addresses each of the three has.</summary>
    public const int Addresses = 30;

    private const int Backlog = 512;
    private const int LargestQuestion = 4096;
    private static readonly byte[] Good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong"u8.ToArray();
    private static readonly byte[] Bad = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\nsick"u8.ToArray();

    private readonly TcpListener web = new(IPAddress.Any, 0);
    private readonly TcpListener port = new(IPAddress.Any, 0);
    private readonly List<Socket> echoes = [];
    private readonly TimeProvider time = TimeProvider.System;
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, Answers> answers = [];
    private readonly Task[] serving;

    public Oracle()
    {
        web.Start(Backlog);
        port.Start(Backlog);
        for (var i = 1; i <= Addresses; i++)
        {
            Add("http", $"127.0.1.{i}", $"http://127.0.1.{i}:{((IPEndPoint)web.LocalEndpoint).Port}/");
            Add("tcp", $"127.0.2.{i}", $"127.0.2.{i}:{((IPEndPoint)port.LocalEndpoint).Port}");
            var echo = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            echo.Bind(new IPEndPoint(new IPAddress([127, 0, 3, (byte)i]), 0));
            echoes.Add(echo);
            Add("udp", $"127.0.3.{i}", echo.LocalEndPoint!.ToString()!);
        }

        serving = [AcceptAsync(web, TellAsync), AcceptAsync(port, HearOutAsync), .. echoes.Select(EchoAsync)];
    }

    /// <summary>Everything that is watched.</summary>
    public IReadOnlyCollection<Answers> All => answers.Values;

    /// <summary>How many answers there were.</summary>
    public long Sum => answers.Values.Sum(count => count.Good + count.Bad);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        web.Dispose();
        port.Dispose();
        foreach (var echo in echoes) echo.Dispose();
        await Task.WhenAll(serving);
        stop.Dispose();
    }

    private void Add(string kind, string address, string target) => answers.Add(address, new($"{kind}-{address}", kind, target));

    private async Task AcceptAsync(TcpListener listener, Func<Socket, Answers, Task> serve)
    {
        while (!stop.IsCancellationRequested)
            try
            {
                var peer = await listener.AcceptSocketAsync(stop.Token);
                _ = ServeAsync(peer, serve);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                continue;
            }
    }

    // A peer that is killed resets its connections, and what it was told counts all the same.
    private async Task ServeAsync(Socket peer, Func<Socket, Answers, Task> serve)
    {
        using (peer)
            try
            {
                if (answers.TryGetValue(((IPEndPoint)peer.LocalEndPoint!).Address.ToString(), out var count)) await serve(peer, count);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                return;
            }
    }

    private async Task TellAsync(Socket peer, Answers count)
    {
        var question = new byte[LargestQuestion];
        var length = 0;
        while (!question.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var read = length < question.Length ? await peer.ReceiveAsync(question.AsMemory(length), stop.Token) : 0;
            if (read == 0) return;
            length += read;
        }

        var ill = time.GetUtcNow().Second < 3;
        count.Count(good: !ill);
        await peer.SendAsync(ill ? Bad : Good, stop.Token);
        peer.Shutdown(SocketShutdown.Send);
        while (await peer.ReceiveAsync(question, stop.Token) > 0) continue;
    }

    private async Task HearOutAsync(Socket peer, Answers count)
    {
        count.Count(good: true);
        var heard = new byte[1];
        while (await peer.ReceiveAsync(heard, stop.Token) > 0) continue;
    }

    private async Task EchoAsync(Socket echo)
    {
        var datagram = new byte[LargestQuestion];
        var count = answers[((IPEndPoint)echo.LocalEndPoint!).Address.ToString()];
        while (!stop.IsCancellationRequested)
            try
            {
                var heard = await echo.ReceiveFromAsync(datagram, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), stop.Token);
                count.Count(good: true);
                await echo.SendToAsync(datagram.AsMemory(0, heard.ReceivedBytes), heard.RemoteEndPoint, stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                continue;
            }
    }
}

/// <summary>How often what one check watches gave an answer.</summary>
internal sealed class Answers(string check, string kind, string target)
{
    private long good;
    private long bad;

    public string Check => check;

    public string Kind => kind;

    public string Target => target;

    public long Good => Interlocked.Read(ref good);

    public long Bad => Interlocked.Read(ref bad);

    public void Count(bool good) => Interlocked.Increment(ref good ? ref this.good : ref bad);
}
