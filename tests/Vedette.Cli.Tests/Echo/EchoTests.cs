using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Vedette.Cli.Echo;

namespace Vedette.Cli.Tests.Echo;

public sealed class EchoTests : IAsyncDisposable
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly CancellationTokenSource stop = new();
    private readonly List<IDisposable> servers = [];
    private readonly List<Task> running = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        foreach (var server in servers) server.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task Datagrams_and_streams_come_back_on_the_same_port()
    {
        var at = Echo(Healthy);
        using var udp = new UdpClient();
        udp.Connect(at);
        await udp.SendAsync("ping"u8.ToArray());
        (await udp.ReceiveAsync(stop.Token)).Buffer.ShouldBe("ping"u8.ToArray());

        using var tcp = new TcpClient();
        await tcp.ConnectAsync(at);
        await tcp.GetStream().WriteAsync("pong"u8.ToArray());
        var answer = new byte[4];
        await tcp.GetStream().ReadExactlyAsync(answer);
        answer.ShouldBe("pong"u8.ToArray());
    }

    [Fact]
    public async Task The_web_server_pongs_adds_and_draws_a_number_in_between()
    {
        using var http = Web(Healthy);
        (await http.GetStringAsync(new Uri("/ping", UriKind.Relative))).ShouldBe("pong\n");
        var lines = (await http.GetStringAsync(new Uri("/?first=7&second=-2", UriKind.Relative))).Split('\n');
        lines[0].ShouldBe("sum 5");
        long.Parse(lines[1].Split(' ')[1], CultureInfo.InvariantCulture).ShouldBeInRange(-2, 7);
        (await http.GetAsync(new Uri("/?first=x", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await http.GetAsync(new Uri("/none", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_sick_server_fails_as_often_as_it_was_told()
    {
        using var http = Web(new Sickness(TimeSpan.Zero, 1, Hangs: false));
        (await http.GetAsync(new Uri("/ping", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_hanging_server_takes_the_request_and_never_answers()
    {
        using var http = Web(new Sickness(TimeSpan.Zero, 0, Hangs: true));
        http.Timeout = TimeSpan.FromMilliseconds(200);
        await Should.ThrowAsync<TaskCanceledException>(() => http.GetAsync(new Uri("/ping", UriKind.Relative)));
    }

    [Fact]
    public void A_port_in_use_is_refused_and_given_back()
    {
        var at = Echo(Healthy);
        Should.Throw<SocketException>(() => new EchoServer(at, Healthy)).SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);
    }

    private static Sickness Healthy => new(TimeSpan.Zero, 0, Hangs: false);

    private IPEndPoint Echo(Sickness sickness)
    {
        var server = new EchoServer(AnyPort, sickness);
        servers.Add(server);
        running.Add(server.RunAsync(stop.Token));
        return server.Address;
    }

    private HttpClient Web(Sickness sickness)
    {
        var server = new EchoWebServer(AnyPort, sickness);
        servers.Add(server);
        running.Add(server.RunAsync(stop.Token));
        return new HttpClient { BaseAddress = new Uri($"http://{server.Address}/") };
    }
}
