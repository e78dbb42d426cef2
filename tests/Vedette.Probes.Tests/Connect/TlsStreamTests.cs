using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Vedette.Linux.OpenSsl;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tests.Connect;

public sealed class TlsStreamTests : IDisposable
{
    private const int Much = 3_000_000;

    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public async Task Much_can_be_said_and_heard()
    {
        await using var pair = await Pair.OpenAsync(authority);
        var said = new byte[Much];
        new Random(7).NextBytes(said);
        var (ours, theirs) = (new byte[Much], new byte[Much]);
        await Task.WhenAll(pair.Client.WriteAsync(said).AsTask(), pair.Server.ReadExactlyAsync(theirs).AsTask());
        await Task.WhenAll(pair.Server.WriteAsync(said).AsTask(), pair.Client.ReadExactlyAsync(ours).AsTask());
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
    public async Task The_end_of_the_connection_between_records_is_the_end()
    {
        await using var pair = await Pair.OpenAsync(authority);
        await pair.Server.WriteAsync("whole"u8.ToArray());
        pair.Wire.Shutdown(SocketShutdown.Send);
        await pair.Client.ReadExactlyAsync(new byte[5]);
        (await pair.Client.ReadAsync(new byte[5])).ShouldBe(0);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_connection_that_is_cut_anywhere_within_a_record_has_failed(SslProtocols version)
    {
        // RFC 8446 section 5.2: a record of 30 bytes.
        byte[] record = [23, 3, 3, 0, 30, .. new byte[30]];
        for (var cut = 1; cut < record.Length; cut++)
        {
            await using var pair = await Pair.OpenAsync(authority, new() { EnabledSslProtocols = version });
            await pair.Wire.SendAsync(record.AsMemory(0, cut));
            pair.Wire.Shutdown(SocketShutdown.Send);
            await Should.ThrowAsync<EndOfStreamException>(() => pair.Client.ReadAsync(new byte[5]).AsTask(), $"cut after {cut}");
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_server_that_asks_for_a_certificate_while_it_is_read_is_told_that_there_is_none(SslProtocols version)
    {
        await using var pair = await Pair.OpenAsync(authority, new()
        {
            EnabledSslProtocols = version,
            AllowRenegotiation = true,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        pair.Client.WantsCertificate.ShouldBeFalse();
        var reading = pair.Client.ReadExactlyAsync(new byte[4]).AsTask();
        await pair.Server.NegotiateClientCertificateAsync(TestContext.Current.CancellationToken);
        await pair.Server.WriteAsync("well"u8.ToArray());
        await reading;
        (pair.Client.WantsCertificate, pair.Server.RemoteCertificate).ShouldBe((true, null));
        await pair.Client.WriteAsync("then"u8.ToArray());
        await pair.Server.ReadExactlyAsync(new byte[4]);
    }

    [Fact]
    public async Task A_forged_record_fails_the_reading()
    {
        await using var pair = await Pair.OpenAsync(authority);
        await pair.Wire.SendAsync((byte[])[23, 3, 3, 0, 40, .. new byte[40]]);
        (await Should.ThrowAsync<TlsException>(() => pair.Client.ReadAsync(new byte[5]).AsTask())).Message.ShouldContain("bad record mac");

        // RFC 8446 section 6.2: the other side is told.
        await Should.ThrowAsync<IOException>(() => pair.Server.ReadAsync(new byte[5]).AsTask());
    }

    [Fact]
    public async Task A_reading_that_was_cut_short_can_be_ended()
    {
        await using var pair = await Pair.OpenAsync(authority);
        using var cut = new CancellationTokenSource();
        var reading = pair.Client.ReadAsync(new byte[5], cut.Token).AsTask();
        await cut.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
        await pair.Client.EndAsync(TestContext.Current.CancellationToken);
        (await pair.Server.ReadAsync(new byte[5])).ShouldBe(0);
    }

    /// <summary>A client with its hands shaken, the framework's server, and the server's end of the wire.</summary>
    private sealed record Pair(TlsStream Client, SslStream Server, Socket Wire, NetworkStream Inner) : IAsyncDisposable
    {
        public static async Task<Pair> OpenAsync(TestAuthority authority, SslServerAuthenticationOptions? options = null)
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
            options ??= new();
            options.ServerCertificate = certificate;
            await Task.WhenAll(client.ShakeAsync(TestContext.Current.CancellationToken).AsTask(), server.AuthenticateAsServerAsync(options));
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
