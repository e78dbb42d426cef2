using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Icmp;
using Vedette.Probes.Udp;

namespace Vedette.Probes.Tests.Udp;

/// <summary>ICMP errors made by hand: only one that quotes what was sent says anything.</summary>
public sealed class ForeignQuoteTests
{
    private static readonly Parameters Hello = Parameters.Empty.With("send", "hello").With("expect", "hello");

    [Fact]
    public async Task An_error_about_another_port_or_another_payload_says_nothing_of_ours()
    {
        var ended = await RunAsync(static (liar, request) =>
        {
            liar.Unreachable(request.Port, [], sourcePort: request.Port ^ 1);
            liar.Unreachable(request.Port, "other"u8.ToArray());
            liar.Unreachable(request.Port, "hellO\0\0\0"u8.ToArray());
            liar.Answer(request, "hello"u8.ToArray());
        });
        ended.Status.ShouldBe(Status.Up, ended.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hel")]
    [InlineData("hello")]
    [InlineData("hello and what was behind it")]
    [InlineData("hel\0\0\0\0\0\0\0")]
    public async Task An_error_that_quotes_as_much_of_ours_as_its_sender_liked_ends_the_run(string quoted)
    {
        var ended = await RunAsync((liar, request) => liar.Unreachable(request.Port, [.. quoted.Select(c => (byte)c)]));
        (ended.Status, ended.Reason).ShouldBe((Status.Down, Reasons.Closed), ended.Message);
    }

    private static async Task<Observation> RunAsync(Action<Liar, IPEndPoint> lie)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new UdpProbe(resolver);
        var (liar, running) = await OwnNetwork.EnterAsync(() =>
        {
            var made = new Liar();
            return (made, probe.RunAsync(made.Target, Hello));
        });
        using (liar)
        {
            lie(liar, await liar.RequestAsync());
            return await running;
        }
    }

    private sealed class Liar : IDisposable
    {
        private readonly Socket peer = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly Socket raw = new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);

        public Liar() => peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        public string Target => $"{peer.LocalEndPoint}";

        public async Task<IPEndPoint> RequestAsync() => (IPEndPoint)(await peer.ReceiveFromAsync(new byte[100], new IPEndPoint(IPAddress.Any, 0))).RemoteEndPoint;

        public void Answer(IPEndPoint prober, byte[] answer) => peer.SendTo(answer, prober);

        /// <summary>RFC 792: port unreachable, with the IP header, the UDP header and perhaps more of a datagram that the prober is said to have sent.</summary>
        public void Unreachable(int proberPort, byte[] payload, int? sourcePort = null)
        {
            var message = new byte[8 + 20 + 8 + payload.Length];
            (message[0], message[1]) = (3, 3);
            byte[] header = [0x45, 0, 0, (byte)(28 + payload.Length), 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1];
            header.CopyTo(message, 8);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(28), (ushort)(sourcePort ?? proberPort));
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(30), (ushort)((IPEndPoint)peer.LocalEndPoint!).Port);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(32), (ushort)(8 + payload.Length));
            payload.CopyTo(message, 36);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), IcmpPacket.Checksum(message));
            raw.SendTo(message, new IPEndPoint(IPAddress.Loopback, 0));
        }

        public void Dispose()
        {
            raw.Dispose();
            peer.Dispose();
        }
    }
}
