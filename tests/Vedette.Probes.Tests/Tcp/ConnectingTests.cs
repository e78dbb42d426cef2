using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tests.Tcp;

public sealed class ConnectingTests
{
    // IP_RECVERR of linux/in.h, IPV6_RECVERR of linux/in6.h: with it on, an error that would pass ends an established connection (ip(7)).
    [Theory]
    [InlineData("127.0.0.1", 0, 11)]
    [InlineData("::1", 41, 25)]
    public async Task A_connection_that_is_made_does_not_listen_to_errors_of_the_way(string host, int level, int option)
    {
        using var listener = new TcpListener(IPAddress.Parse(host), 0);
        listener.Start();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var run = new RunContext(TimeProvider.System, TimeProvider.System.GetTimestamp(), TimeSpan.FromSeconds(5), deadline.Token);
        var connected = await TcpConnector.ConnectAsync((IPEndPoint)listener.LocalEndpoint, run);
        using var socket = connected.Socket.ShouldNotBeNull();
        var value = new byte[4];
        socket.GetRawSocketOption(level, option, value);
        value.ShouldBe(new byte[4]);
    }
}
