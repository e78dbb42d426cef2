using System.Net;
using System.Net.Sockets;
using Vedette.Linux.Sockets;

namespace Vedette.Linux.Tests.Sockets;

[Collection(nameof(WholeHost))]
public sealed class PacketFiltersTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("127.0.0.1", 20)]
    [InlineData("::1", 0)]
    public void A_raw_socket_hears_only_the_port_that_it_is_told_to(string host, int header)
    {
        var address = IPAddress.Parse(host);
        using var wanted = Bound(address);
        using var other = Bound(address);
        using var sender = Bound(address);
        using var raw = new Socket(address.AddressFamily, SocketType.Raw, ProtocolType.Udp);
        sender.SendTo("before it was told"u8, wanted.LocalEndPoint!);
        raw.HearPort((ushort)((IPEndPoint)wanted.LocalEndPoint!).Port);
        raw.Bind(new IPEndPoint(address, 0));

        sender.SendTo("to another"u8, other.LocalEndPoint!);
        sender.SendTo("to us"u8, wanted.LocalEndPoint!);
        raw.Poll(Patience, SelectMode.SelectRead).ShouldBeTrue();
        var batch = new ReceiveBatch(4, 128);
        raw.Read(batch, reports: false, out _).ShouldBe(1);
        batch.Packet(0)[(header + 8)..].ToArray().ShouldBe("to us"u8.ToArray());
    }

    [Theory]
    [InlineData("127.0.0.1", 20, 13, 15)]
    [InlineData("::1", 0, 150, 200)]
    public void A_raw_ICMP_socket_hears_only_the_types_that_it_is_told_to(string host, int header, byte wanted, byte other)
    {
        // Types that no kernel answers, so that nothing else is about.
        var address = IPAddress.Parse(host);
        var protocol = address.AddressFamily == AddressFamily.InterNetworkV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;
        using var raw = new Socket(address.AddressFamily, SocketType.Raw, protocol);
        raw.HearTypes(wanted);
        raw.Bind(new IPEndPoint(address, 0));

        using var sender = new Socket(address.AddressFamily, SocketType.Raw, protocol);
        sender.HearTypes();
        foreach (var type in new[] { other, wanted }) sender.SendTo([type, 0, (byte)~type, 0xFF, 0, 0, 0, 0], new IPEndPoint(address, 0));
        raw.Poll(Patience, SelectMode.SelectRead).ShouldBeTrue();
        var batch = new ReceiveBatch(4, 128);
        raw.Read(batch, reports: false, out _).ShouldBe(1);
        batch.Packet(0)[header].ShouldBe(wanted);
    }

    private static Socket Bound(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
