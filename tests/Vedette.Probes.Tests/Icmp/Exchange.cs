using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Vedette.Linux;
using Vedette.Linux.Sockets;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Tests.Icmp;

/// <summary>One request that an engine waits for without having sent it, and what a peer may say about it.</summary>
internal sealed class Exchange : IDisposable
{
    private readonly IcmpEngine engine;

    public Exchange(IPAddress target, EchoTerms? terms = null)
    {
        V6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        engine = new IcmpEngine(V6, new ReceiveBatch(1, 64), pingOnly: false);
        Flight = new Flight(Stream);
        Echo = engine.Expect(Flight, target, terms ?? new EchoTerms(56), TimeSpan.FromSeconds(1))!;
        Echo.SentAt = Instant.Now();
        Flight.Complete();
    }

    public bool V6 { get; }

    public EchoStream Stream { get; } = new(new StreamIds());

    public Flight Flight { get; }

    public Echo Echo { get; }

    /// <summary>The request as it went out, from its ICMP header on.</summary>
    public byte[] Request()
    {
        var packet = new byte[IcmpPacket.HeaderSize + Echo.Terms.Size];
        EchoPayload.Write(packet.AsSpan(IcmpPacket.HeaderSize), Echo.Nonce);
        IcmpPacket.WriteHeader(packet, V6, Echo.Id, Echo.Sequence);
        return packet;
    }

    /// <summary>The reply that is right.</summary>
    public byte[] Reply()
    {
        var packet = Request();
        packet[0] = V6 ? (byte)129 : (byte)0;
        return packet;
    }

    public void Hear(ReadOnlySpan<byte> icmp, IPAddress source, int? hopLimit = null) =>
        engine.Match(icmp, source, new Arrival(null, hopLimit, null, null), Instant.Now());

    /// <summary>The request within its internet header, as an error message quotes it.</summary>
    /// <param name="target">Where the quoted packet was going.</param>
    /// <param name="options">Bytes of IPv4 options, a multiple of four; of an IPv6 destination options header, of eight.</param>
    /// <param name="keep">How much of the request is quoted.</param>
    public byte[] Quote(IPAddress target, int options = 0, int keep = int.MaxValue)
    {
        var request = Request();
        request = request[..Math.Min(keep, request.Length)];
        if (!V6) return [(byte)(0x45 + (options / 4)), .. new byte[8], 1, .. new byte[6], .. target.GetAddressBytes(), .. new byte[options], .. request];
        byte[] header = [0x60, 0, 0, 0, 0, 0, options > 0 ? (byte)60 : (byte)58, 64, .. new byte[16], .. target.GetAddressBytes()];
        return options == 0 ? [.. header, .. request] : [.. header, 58, (byte)((options / 8) - 1), .. new byte[options - 2], .. request];
    }

    public static byte[] Error(byte type, byte code, byte[] quote, uint rest = 0)
    {
        var header = new byte[IcmpPacket.HeaderSize];
        (header[0], header[1]) = (type, code);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), rest);
        return [.. header, .. quote];
    }

    public void Dispose() => engine.Dispose();
}
