using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Vedette.Probes.Dns;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tcp;
using Vedette.Probes.Tests.Connect;
using Vedette.Probes.Tests.Dns;

namespace Vedette.Probes.Tests.Tcp;

/// <summary>How a server sees a whole run end: what it read last, and the error that waits on its socket.</summary>
public sealed class EndingTests : IAsyncDisposable
{
    private const byte Alert = 21;

    private readonly TestAuthority authority = new();
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly TcpProbe probe;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public EndingTests()
    {
        probe = new TcpProbe(resolver);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await probe.DisposeAsync();
        resolver.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task A_server_that_greets_at_once_sees_an_end_every_time()
    {
        for (var times = 0; times < 20; times++)
        {
            var running = probe.RunAsync(Target, Parameters.Empty);
            using var server = await listener.AcceptAsync();
            await server.SendAsync("220 welcome\r\n"u8.ToArray());
            (await running).Status.ShouldBe(Status.Up);
            (await ReadToEndAsync(server)).ShouldBe(0);
            ErrorOf(server).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_server_that_greets_after_the_run_sees_an_end_and_may_go_on()
    {
        var running = probe.RunAsync(Target, Parameters.Empty);
        using var server = await listener.AcceptAsync();
        (await running).Status.ShouldBe(Status.Up);
        (await ReadToEndAsync(server)).ShouldBe(0);
        await server.SendAsync("220 welcome\r\n"u8.ToArray());
        await server.SendAsync("421 you left\r\n"u8.ToArray());
        ErrorOf(server).ShouldBe(0);
    }

    [Fact]
    public async Task Even_the_last_run_of_a_program_leaves_no_reset()
    {
        var running = probe.RunAsync(Target, Parameters.Empty);
        using var server = await listener.AcceptAsync();
        (await running).Status.ShouldBe(Status.Up);
        var leaving = probe.DisposeAsync();
        (await ReadToEndAsync(server)).ShouldBe(0);
        await server.SendAsync("220 welcome\r\n"u8.ToArray());
        server.Shutdown(SocketShutdown.Send);
        await leaving;
        ErrorOf(server).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_not_expected_of_a_dialogue_is_taken_in_too()
    {
        var running = probe.RunAsync(Target, Parameters.Empty.With("send", "EHLO").With("expect", "220"));
        using var server = await listener.AcceptAsync();
        await server.ReceiveAsync(new byte[4]);
        await server.SendAsync("220 welcome\r\n"u8.ToArray());
        (await running).Status.ShouldBe(Status.Up);
        (await ReadToEndAsync(server)).ShouldBe(0);
        await server.SendAsync("250 go on\r\n"u8.ToArray());
        ErrorOf(server).ShouldBe(0);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task A_tls_server_is_told_the_end_and_its_tickets_meet_no_reset(SslProtocols version)
    {
        using var certificate = authority.Issue("zoo.test", TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(30));
        var running = probe.RunAsync(Target, Parameters.Empty.With("tls", "true").With("serverName", "zoo.test").With("caFile", authority.CaFile));
        using var server = await listener.AcceptAsync();
        await using var inner = new NetworkStream(server, ownsSocket: false);
        await using var stream = new SslStream(inner);
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = version });
        (await running).Status.ShouldBe(Status.Up);

        // What TLS 1.3 encrypts, the kernel's end of the stream has to show.
        if (version == SslProtocols.Tls12) (await FirstByteAsync(server)).ShouldBe(Alert);
        (await ReadToEndAsync(server)).ShouldBe(0);
        await server.SendAsync(new byte[100]);
        await server.SendAsync(new byte[100]);
        ErrorOf(server).ShouldBe(0);
    }

    [Fact]
    public async Task A_web_server_that_goes_on_after_its_answer_sees_an_end()
    {
        await using var http = new HttpProbe(resolver);
        var running = http.RunAsync($"http://{Target}/", Parameters.Empty);
        using var server = await listener.AcceptAsync();
        await server.ReceiveAsync(new byte[4096]);
        await server.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
        (await running).Status.ShouldBe(Status.Up);
        (await ReadToEndAsync(server)).ShouldBe(0);
        await server.SendAsync("more"u8.ToArray());
        ErrorOf(server).ShouldBe(0);
    }

    [Fact]
    public async Task A_name_server_that_goes_on_after_its_answer_sees_an_end()
    {
        await using var dns = new DnsProbe(resolver);
        var running = dns.RunAsync("zoo.test", Parameters.Empty.With("server", Target).With("transport", "tcp"));
        using var server = await listener.AcceptAsync();
        var query = new byte[512];
        var length = await server.ReceiveAsync(query);
        var answer = Answers.To(query.AsSpan(2, length - 2), 0, Answers.Address("zoo.test", "192.0.2.1"));
        await DnsPeer.SendFramedAsync(server, answer, answer.Length + 2, CancellationToken.None);
        (await running).Status.ShouldBe(Status.Up);
        (await ReadToEndAsync(server)).ShouldBe(0);
        await DnsPeer.SendFramedAsync(server, answer, answer.Length + 2, CancellationToken.None);
        ErrorOf(server).ShouldBe(0);
    }

    private string Target => $"{listener.LocalEndPoint}";

    private static async Task<byte> FirstByteAsync(Socket server)
    {
        var buffer = new byte[1];
        (await server.ReceiveAsync(buffer)).ShouldBe(1);
        return buffer[0];
    }

    private static async Task<int> ReadToEndAsync(Socket server)
    {
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        int read;
        while ((read = await server.ReceiveAsync(buffer, patience.Token)) > 0) continue;
        return read;
    }

    private static int ErrorOf(Socket server) => (int)server.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
}
