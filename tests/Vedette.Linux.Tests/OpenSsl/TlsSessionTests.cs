using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Vedette.Linux.OpenSsl;

namespace Vedette.Linux.Tests.OpenSsl;

public sealed class TlsSessionTests : IDisposable
{
    private const int WrongVersionNumber = 267;
    private const int NoApplicationProtocol = 1120;

    private readonly X509Certificate2 certificate = SelfSigned();

    public void Dispose() => certificate.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Hands_are_shaken_in_whatever_pieces_it_arrives(int piece)
    {
        using var session = new TlsSession(TlsContext.Usual, "session.test", []);
        await using var server = await Server.OpenAsync(new() { ServerCertificate = certificate });
        (await server.ShakeAsync(session, piece)).ShouldBe("session.test");
        (session.Version, session.Cipher).ShouldBe((0x0304, TlsCipherSuite.TLS_AES_256_GCM_SHA384));
        session.Certificates().ShouldHaveSingleItem().RawData.ShouldBe(certificate.RawData);
        session.WantsCertificate.ShouldBeFalse();

        session.Write("ping"u8).ShouldBe(Progress.Done);
        await server.EchoAsync(session, piece);
        var heard = new byte[16];
        session.Read(heard, out var read).ShouldBe(Progress.Done);
        Encoding.ASCII.GetString(heard, 0, read).ShouldBe("ping");
    }

    [Fact]
    public async Task A_server_that_says_that_nothing_more_comes_is_understood()
    {
        using var session = new TlsSession(TlsContext.Usual, "", []);
        await using var server = await Server.OpenAsync(new() { ServerCertificate = certificate });
        (await server.ShakeAsync(session, 4096)).ShouldBeEmpty();
        await server.EndAsync(session);
        session.Read(new byte[16], out var read).ShouldBe(Progress.Ended);
        read.ShouldBe(0);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Each_of_many_at_once_knows_whether_its_server_asked_for_a_certificate(SslProtocols version)
    {
        await Parallel.ForAsync(0, 40, async (i, _) =>
        {
            using var session = new TlsSession(i % 3 == 0 ? TlsContext.OfAllCiphers : TlsContext.Usual, "session.test", []);
            var options = new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                EnabledSslProtocols = version,
                ClientCertificateRequired = i % 2 == 0,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            };
            await using var server = await Server.OpenAsync(options);
            await server.ShakeAsync(session, 4096);
            session.WantsCertificate.ShouldBe(i % 2 == 0);
        });
    }

    [Fact]
    public async Task An_alert_is_told_by_its_number()
    {
        using var session = new TlsSession(TlsContext.Usual, "session.test", [new("none/1")]);
        await using var server = await Server.OpenAsync(new() { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http2] });
        (await Should.ThrowAsync<TlsException>(() => server.ShakeAsync(session, 4096))).Reason.ShouldBe(NoApplicationProtocol);
    }

    [Fact]
    public async Task The_protocol_that_the_server_chose_is_known()
    {
        using var session = new TlsSession(TlsContext.Usual, "session.test", [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]);
        await using var server = await Server.OpenAsync(new() { ServerCertificate = certificate, ApplicationProtocols = [SslApplicationProtocol.Http11] });
        await server.ShakeAsync(session, 4096);
        session.Protocol.ShouldBe(SslApplicationProtocol.Http11);
    }

    [Fact]
    public void What_is_no_tls_is_refused_with_the_reason()
    {
        using var session = new TlsSession(TlsContext.Usual, "session.test", []);
        session.Shake().ShouldBe(Progress.NeedsInput);
        session.Put("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        var refused = Should.Throw<TlsException>(() => session.Shake());
        (refused.Reason, refused.Message).ShouldBe((WrongVersionNumber, "wrong version number"));
    }

    [Fact]
    public void A_name_longer_than_any_may_be_is_refused() =>
        Should.Throw<CryptographicException>(() => new TlsSession(TlsContext.Usual, new string('a', 300), [])).Message.ShouldContain("the name of the server");

    [Fact]
    public void A_session_that_is_over_touches_nothing_of_what_it_had()
    {
        var session = new TlsSession(TlsContext.Usual, "session.test", []);
        session.Shake();
        session.Dispose();
        Should.Throw<ObjectDisposedException>(() => session.Unsent);
        Should.Throw<ObjectDisposedException>(() => session.Take(new byte[16]));
        Should.Throw<ObjectDisposedException>(() => session.Put("x"u8));
        Should.Throw<ObjectDisposedException>(() => session.Shake());
        Should.Throw<ObjectDisposedException>(() => session.Certificates());
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=session.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    /// <summary>The framework's server, and the wire to it.</summary>
    private sealed class Server(Socket wire, SslStream stream, Task shaking) : IAsyncDisposable
    {
        public static async Task<Server> OpenAsync(SslServerAuthenticationOptions options)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
            var wire = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await wire.ConnectAsync(listener.LocalEndPoint!);
            var stream = new SslStream(new NetworkStream(await listener.AcceptAsync(), ownsSocket: true));
            return new(wire, stream, stream.AuthenticateAsServerAsync(options));
        }

        /// <summary>Shakes hands; the name that was asked for.</summary>
        public async Task<string> ShakeAsync(TlsSession session, int piece)
        {
            while (session.Shake() != Progress.Done)
            {
                await SendAsync(session);
                await ReceiveAsync(session, piece);
            }

            await SendAsync(session);
            await shaking;
            return stream.TargetHostName;
        }

        public async Task EchoAsync(TlsSession session, int piece)
        {
            await SendAsync(session);
            var heard = new byte[16];
            await stream.WriteAsync(heard.AsMemory(0, await stream.ReadAsync(heard)));
            while (session.Read([], out _) == Progress.NeedsInput) await ReceiveAsync(session, piece);
        }

        public async Task EndAsync(TlsSession session)
        {
            await stream.ShutdownAsync();
            while (session.Read([], out _) == Progress.NeedsInput) await ReceiveAsync(session, 4096);
        }

        public async ValueTask DisposeAsync()
        {
            wire.Dispose();
            await shaking.ContinueWith(static _ => { }, TaskScheduler.Default);
            await stream.DisposeAsync();
        }

        private async Task SendAsync(TlsSession session)
        {
            var data = new byte[session.Unsent];
            session.Take(data).ShouldBe(data.Length);
            await wire.SendAsync(data);
        }

        private async Task ReceiveAsync(TlsSession session, int piece)
        {
            var data = new byte[piece];
            var read = await wire.ReceiveAsync(data);
            read.ShouldBeGreaterThan(0);
            session.Put(data.AsSpan(0, read));
        }
    }
}
