using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Connect;
using Vedette.Probes.Tests.Icmp;

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

    [Theory]
    [InlineData("tcp", "127.0.0.1:7")]
    [InlineData("tls", "127.0.0.1:7")]
    [InlineData("http", "http://127.0.0.1:7/")]
    [InlineData("dns", "zoo.test", "server", "127.0.0.1:7", "transport", "tcp")]
    public async Task Every_kind_that_connects_says_who_rejected_it(string kind, string target, params string[] set)
    {
        var parameters = set.Chunk(2).Aggregate(Parameters.Empty, (all, option) => all.With(option[0], option[1]));
        await using var probes = new ProbeSet(ProbeRuns.Policy);
        var seen = await await OwnNetwork.EnterAsync(() =>
        {
            OwnNetwork.Run("iptables", "-A INPUT -p tcp -j REJECT --reject-with icmp-admin-prohibited");
            return probes.Find(kind)!.RunAsync(target, parameters);
        });
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.AdminProhibited), seen.Message);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("reported_by", "127.0.0.1"));
    }
}
