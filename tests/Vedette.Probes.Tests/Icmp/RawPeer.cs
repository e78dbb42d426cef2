using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Tests.Icmp;

/// <summary>A host that hears pings and says what a test wants it to. Made on a thread of an <see cref="OwnNetwork"/>.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly bool v6;
    private readonly Socket socket;
    private readonly Channel<byte[]> requests = Channel.CreateBounded<byte[]>(1000);
    private readonly Task hearing;

    public RawPeer(bool v6)
    {
        this.v6 = v6;
        socket = v6 ? new(AddressFamily.InterNetworkV6, SocketType.Raw, ProtocolType.IcmpV6) : new(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        socket.Bind(new IPEndPoint(v6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0));
        hearing = HearAsync();
    }

    private IPEndPoint Prober => new(v6 ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);

    /// <summary>The next request, from its ICMP header on.</summary>
    public async Task<byte[]> RequestAsync() => await requests.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);

    /// <summary>The next request, if there is one already.</summary>
    public bool TryRequest([NotNullWhen(true)] out byte[]? request) => requests.Reader.TryRead(out request);

    public void Reply(byte[] request) => Send([v6 ? (byte)129 : (byte)0, .. request[1..]]);

    /// <summary>An error that quotes a request as it went out.</summary>
    public void Reject(byte type, byte code, byte[] request, uint rest = 0)
    {
        byte[] header = v6
            ? [0x60, 0, 0, 0, (byte)(request.Length >> 8), (byte)request.Length, 58, 64, .. IPAddress.IPv6Loopback.GetAddressBytes(), .. IPAddress.IPv6Loopback.GetAddressBytes()]
            : [0x45, 0, (byte)((20 + request.Length) >> 8), (byte)(20 + request.Length), 0, 0, 0, 0, 64, 1, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1];
        Send(Exchange.Error(type, code, [.. header, .. request], rest));
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await hearing;
    }

    private async Task HearAsync()
    {
        var buffer = new byte[2048];
        while (true)
        {
            int length;
            try
            {
                length = await socket.ReceiveAsync(buffer);
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
            {
                return;
            }

            var icmp = v6 ? buffer.AsSpan(0, length) : IcmpPacket.WithoutHeader4(buffer.AsSpan(0, length));
            if (icmp.Length > 0 && icmp[0] == IcmpPacket.RequestType(v6)) requests.Writer.TryWrite(icmp.ToArray());
        }
    }

    private void Send(byte[] packet)
    {
        if (!v6)
        {
            packet[2] = packet[3] = 0;
            var checksum = IcmpPacket.Checksum(packet);
            (packet[2], packet[3]) = ((byte)(checksum >> 8), (byte)checksum);
        }

        socket.SendTo(packet, Prober);
    }
}
