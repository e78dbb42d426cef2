using System.Net;
using System.Net.Sockets;
using Vedette.Linux.Sockets;

namespace Vedette.Linux.Tests.Sockets;

public sealed class SocketReadingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_packet_comes_with_its_stamp_and_its_hop_limit(string host)
    {
        var before = Instant.Now().Wall;
        using var listener = Bound(host);
        listener.StampArrivals();
        listener.TellHopLimits();
        using var sender = Connected(listener);
        sender.Send("hello"u8);
        listener.Poll(Patience, SelectMode.SelectRead).ShouldBeTrue();

        var batch = new ReceiveBatch(4, 64);
        listener.Read(batch, reports: false, out var error).ShouldBe(1);
        error.ShouldBe(Errno.None);
        batch.Packet(0).ToArray().ShouldBe("hello"u8.ToArray());
        batch.IsCut(0).ShouldBeFalse();
        batch.Arrival(0).HopLimit.ShouldBe(64);
        batch.Arrival(0).At!.Value.ShouldBeInRange(before, Instant.Now().Wall);
        listener.Read(batch, reports: false, out error).ShouldBe(0);
        error.ShouldBe(Errno.TryAgain);
    }

    [Fact]
    public void A_packet_that_is_too_long_says_that_it_is_cut()
    {
        using var listener = Bound("127.0.0.1");
        using var sender = Connected(listener);
        sender.Send(new byte[65]);
        sender.Send(new byte[64]);
        listener.Poll(Patience, SelectMode.SelectRead).ShouldBeTrue();
        var batch = new ReceiveBatch(4, 64);
        listener.Read(batch, reports: false, out _).ShouldBe(2);
        (batch.IsCut(0), batch.IsCut(1)).ShouldBe((true, false));
    }

    [Theory]
    [InlineData("127.0.0.1", 3, 3)]
    [InlineData("::1", 1, 4)]
    public void Who_reported_an_error_is_read_with_what_it_is_about(string host, byte type, byte code)
    {
        var nobody = Bound(host);
        using var sender = Connected(nobody);
        sender.KeepReports();
        nobody.Dispose();
        sender.Send("anyone?"u8);
        sender.Poll(Patience, SelectMode.SelectError).ShouldBeTrue();

        var batch = new ReceiveBatch(4, 64);
        sender.Read(batch, reports: true, out var error).ShouldBe(1);
        error.ShouldBe(Errno.None);
        batch.Arrival(0).Report.ShouldBe(new ErrorReport(type, code, 0, IPAddress.Parse(host)));
        batch.Packet(0).ToArray().ShouldBe("anyone?"u8.ToArray());
    }

    private static Socket Bound(string host)
    {
        var address = IPAddress.Parse(host);
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private static Socket Connected(Socket to)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(to.LocalEndPoint!);
        return socket;
    }
}
