using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Vedette.Linux.OpenSsl;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tests.Connect;

public sealed class TlsStreamTests : IDisposable
{
    private const int Much = 3_000_000;

    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task Much_can_be_said_both_ways_at_once()
    {
        await using var pair = await Pair.OpenAsync(authority);
        var said = new byte[Much];
        new Random(7).NextBytes(said);
        var (ours, theirs) = (new byte[Much], new byte[Much]);
        await Task.WhenAll(
            pair.Client.WriteAsync(said).AsTask(), pair.Server.WriteAsync(said).AsTask(),
            pair.Client.ReadExactlyAsync(ours).AsTask(), pair.Server.ReadExactlyAsync(theirs).AsTask());
        ours.ShouldBe(said);
        theirs.ShouldBe(said);
    }

    [Fact]
    public async Task An_empty_read_waits_until_there_is_something_and_takes_nothing()
    {
        await using var pair = await Pair.OpenAsync(authority);
        var waiting = pair.Client.ReadAsync(Memory<byte>.Empty).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        await pair.Server.WriteAsync("x"u8.ToArray());
        (await waiting).ShouldBe(0);
        var heard = new byte[4];
        (await pair.Client.ReadAsync(heard)).ShouldBe(1);
        heard[0].ShouldBe((byte)'x');
    }

    [Fact]
    public async Task The_end_of_the_connection_is_the_end_between_records_and_a_failure_within_one()
    {
        await using (var pair = await Pair.OpenAsync(authority))
        {
            await pair.Server.WriteAsync("whole"u8.ToArray());
            pair.Wire.Shutdown(SocketShutdown.Send);
            await pair.Client.ReadExactlyAsync(new byte[5]);
            (await pair.Client.ReadAsync(new byte[5])).ShouldBe(0);
        }

        await using (var pair = await Pair.OpenAsync(authority))
        {
            // RFC 8446 section 5.2: a record of 100 bytes, of which five come.
            await pair.Wire.SendAsync((byte[])[23, 3, 3, 0, 100, 1, 2, 3, 4, 5]);
            pair.Wire.Shutdown(SocketShutdown.Send);
            await Should.ThrowAsync<EndOfStreamException>(() => pair.Client.ReadAsync(new byte[5]).AsTask());
        }
    }

    [Fact]
    public async Task A_forged_record_fails_the_reading()
    {
        await using var pair = await Pair.OpenAsync(authority);
        await pair.Wire.SendAsync((byte[])[23, 3, 3, 0, 40, .. new byte[40]]);
        (await Should.ThrowAsync<TlsException>(() => pair.Client.ReadAsync(new byte[5]).AsTask())).Message.ShouldContain("bad record mac");
    }

    [Fact]
    public async Task What_ends_while_it_is_read_fails_that_reading_only()
    {
        var pair = await Pair.OpenAsync(authority);
        var waiting = pair.Client.ReadAsync(new byte[5]).AsTask();
        await pair.Client.DisposeAsync();
        await pair.Server.WriteAsync("late"u8.ToArray());
        await Should.ThrowAsync<ObjectDisposedException>(() => waiting);
        await pair.DisposeAsync();
    }

    /// <summary>A client with its hands shaken, the framework's server, and the server's end of the wire.</summary>
    private sealed record Pair(TlsStream Client, SslStream Server, Socket Wire, NetworkStream Inner) : IAsyncDisposable
    {
        public static async Task<Pair> OpenAsync(TestAuthority authority)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
            var ours = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await ours.ConnectAsync(listener.LocalEndPoint!);
            var theirs = await listener.AcceptAsync();
            var inner = new NetworkStream(ours, ownsSocket: true);
            var client = new TlsStream(inner, new TlsSession(TlsContext.Usual, "stream.test", []));
            var server = new SslStream(new NetworkStream(theirs, ownsSocket: false));
            using var certificate = authority.Issue("stream.test", TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(1));
            await Task.WhenAll(client.ShakeAsync(TestContext.Current.CancellationToken).AsTask(), server.AuthenticateAsServerAsync(certificate));
            return new(client, server, theirs, inner);
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Inner.DisposeAsync();
            await Server.DisposeAsync();
            Wire.Dispose();
        }
    }
}
