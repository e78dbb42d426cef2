using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Vedette.Probes.Datagrams;
using Vedette.Probes.Dns;
using Vedette.Probes.Http;
using Vedette.Probes.Tcp;
using Vedette.Probes.Tls;

namespace Vedette.Probes.Connect;

/// <summary>
/// Walks the path that a check will take once within this process, so that the first measured run does not pay for loading and compiling the code
/// (some 10 ms, and 40 ms for HTTP/2): that of a connection, of a question to a name server, or of a datagram. An agent needs it never, since its first
/// runs are soon forgotten; a process that runs one check does.
/// </summary>
public static class Rehearsal
{
    private const int PrefaceSize = 24;
    private const int FrameHeaderSize = 9;
    private const byte Headers = 1;

    // A name server is asked over TCP when its answer is cut.
    private static readonly string[] Connects = [DnsProbe.Kind.Kind, TcpProbe.Kind.Kind, TlsProbe.Kind.Kind, HttpProbe.Kind.Kind];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Does with a listener of its own what the check does with its target.</summary>
    public static async Task PlayAsync(Check check, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        try
        {
            await PlayAsync(check, new RunContext(time, time.GetTimestamp(), Patience, deadline.Token));
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            // It says nothing of the target, and what is wrong with this host the real run meets as well.
            return;
        }
    }

    private static async Task PlayAsync(Check check, RunContext run)
    {
        if (check.Kind == DnsProbe.Kind.Kind) await DnsRehearsal.PlayAsync(check, run);

        // A datagram for pings and traces, too: it loads the sockets, without the permission that a ping of our own would need.
        if (Connects.Contains(check.Kind)) await ConnectAsync(check, run);
        else await ExchangeAsync(run.Cancellation);
    }

    private static async Task ConnectAsync(Check check, RunContext run)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var to = (IPEndPoint)listener.LocalEndPoint!;
        var connected = await TcpConnector.ConnectAsync(to, run);
        using var socket = connected.Socket;
        if (socket is null) return;
        await using var closing = new ClosingSockets(run.Time);
        await using var theirs = new NetworkStream(await listener.AcceptAsync(run.Cancellation), ownsSocket: true);
        await using var ours = new WireStream(socket);
        if (check.Kind == TlsProbe.Kind.Kind) await TlsRehearsal.PlayAsync(ours, theirs, run);
        else if (check.Kind == HttpProbe.Kind.Kind) await AskAsync(ours, theirs, new HttpTerms(check.Target, new OptionValues(HttpProbe.Kind, check.Parameters)), run);
        else await Task.WhenAll(ours.ReadAsync(new byte[1], run.Cancellation).AsTask(), theirs.WriteAsync(new byte[1], run.Cancellation).AsTask());
        closing.Close(socket, to, spoken: false);
    }

    private static async Task ExchangeAsync(CancellationToken cancellation)
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var exchange = DatagramExchange.Open((IPEndPoint)peer.LocalEndPoint!, new ReceiveBatches(capacity: 1, largest: 1), out _);
        if (exchange is null || exchange.Send([0]) is not null) return;

        // An answer that is there before anybody waits for it takes another path than those from far away.
        var hearing = exchange.HearAsync(static _ => true, Patience, cancellation).AsTask();
        var received = await peer.ReceiveFromAsync(new byte[1], new IPEndPoint(IPAddress.Any, 0), cancellation);
        await peer.SendToAsync(new byte[1], received.RemoteEndPoint, cancellation);
        await hearing;
    }

    private static async Task AskAsync(Stream ours, Stream theirs, HttpTerms terms, RunContext run)
    {
        var request = new HttpRequest(terms, new Uri("http://rehearsal.invalid/"), "GET", [], Trusted: false);
        var answering = terms.IsHttp2 ? AnswerHttp2Async(theirs, run.Cancellation) : AnswerHttp1Async(theirs, run.Cancellation);
        _ = terms.IsHttp2 ? await Http2.AskAsync(ours, request, run) : await Http1.AskAsync(ours, request, run);
        await answering;
    }

    private static async Task AnswerHttp1Async(Stream stream, CancellationToken cancellation)
    {
        await stream.ReadExactlyAsync(new byte[1], cancellation);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), cancellation);
    }

    // The least that RFC 9113 asks of a server: settings (section 3.4), and to the first request 200, entry 8 of HPACK's static table.
    private static async Task AnswerHttp2Async(Stream stream, CancellationToken cancellation)
    {
        var header = new byte[FrameHeaderSize];
        await stream.ReadExactlyAsync(new byte[PrefaceSize], cancellation);
        await stream.WriteAsync((byte[])[0, 0, 0, 4, 0, 0, 0, 0, 0], cancellation);
        do
        {
            await stream.ReadExactlyAsync(header, cancellation);
            await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]], cancellation);
        }
        while (header[3] != Headers);
        await stream.WriteAsync((byte[])[0, 0, 1, Headers, 5, .. header[5..], 0x88], cancellation);
    }
}
