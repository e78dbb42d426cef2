using System.Buffers.Binary;
using System.Security.Cryptography;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Traceroute;

/// <summary>
/// Echo requests of one identifier, told apart by their sequence numbers. The first two bytes of the payload make up for the sequence number, so that
/// type, code and checksum, which routers choose a way by, are the same in all (Augustin et al., "Avoiding traceroute anomalies with Paris
/// traceroute", 2006), and so is the identifier, which address translators know the flow by.
/// </summary>
/// <param name="flow">From where to where; the identifier is its source port.</param>
internal sealed class EchoWire(Flow flow) : Wire
{
    private const int NonceSize = 6;
    private const int MakeUpSize = 2;
    private const int Size = IcmpPacket.HeaderSize + MakeUpSize + NonceSize;
    private const int MostShots = 4096;
    private const byte Protocol6 = 58;

    private readonly byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
    private readonly ushort first = (ushort)RandomNumberGenerator.GetInt32(1 << 16);

    public override int Write(Span<byte> packet, int shot)
    {
        packet = packet[..Size];
        var sequence = (ushort)(first + shot);

        // In the one's complement arithmetic of RFC 1071 a number and its inverse add up to zero.
        BinaryPrimitives.WriteUInt16BigEndian(packet[IcmpPacket.HeaderSize..], (ushort)~sequence);
        nonce.CopyTo(packet[(IcmpPacket.HeaderSize + MakeUpSize)..]);
        IcmpPacket.WriteHeader(packet, flow.IsV6, flow.SourcePort, sequence);
        if (flow.IsV6) BinaryPrimitives.WriteUInt16BigEndian(packet[2..], TransportChecksum.Of(packet, flow, Protocol6));
        return packet.Length;
    }

    public override Quote ReadQuote(ReadOnlySpan<byte> quote)
    {
        if (quote.Length < IcmpPacket.HeaderSize || quote[0] != IcmpPacket.RequestType(flow.IsV6) || quote[1] != 0) return Quote.Foreign;
        if (!Tells(quote, out var shot)) return Quote.Foreign;
        Span<byte> sent = stackalloc byte[Largest];
        Write(sent, shot);
        return new(IsOurs: true, shot, !quote.Slice(2, 2).SequenceEqual(sent.Slice(2, 2)));
    }

    public override Answer ReadAnswer(ReadOnlySpan<byte> packet) =>
        packet.Length == Size && IcmpPacket.IsReply(packet, flow.IsV6, out _, out _) && Tells(packet, out var shot)
            ? new(IsOurs: true, shot, "echo_reply")
            : Answer.Foreign;

    private bool Tells(ReadOnlySpan<byte> message, out int shot)
    {
        shot = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message[6..]) - first);
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != flow.SourcePort || shot >= MostShots) return false;
        var payload = message.Length < Size ? default : message.Slice(IcmpPacket.HeaderSize + MakeUpSize, NonceSize);
        return payload.IsEmpty || IsPadding(payload) || payload.SequenceEqual(nonce);
    }
}
