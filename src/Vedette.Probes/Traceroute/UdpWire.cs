using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Vedette.Probes.Traceroute;

/// <summary>
/// Datagrams between the same two ports. Each is one byte longer than the one before: the length stands in the eight bytes that every router
/// quotes (RFC 792), and no address translator changes it, as it does the checksum. The payload begins with a nonce and the number too.
/// </summary>
/// <param name="flow">From where to where.</param>
/// <param name="ownHeader">This program writes the header; otherwise the kernel does, and hides it from the quotes, so that only the payload tells.</param>
internal sealed class UdpWire(Flow flow, bool ownHeader) : Wire
{
    private const int HeaderSize = 8;
    private const int TagSize = 8;
    private const int NonceSize = 6;
    private const int FirstPayload = 24;
    private const byte Protocol = 17;

    private readonly byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);

    public override int Hidden => ownHeader ? 0 : HeaderSize;

    private int Start => ownHeader ? HeaderSize : 0;

    public override int Write(Span<byte> packet, int shot)
    {
        packet = packet[..(Start + FirstPayload + shot)];
        packet.Clear();
        nonce.CopyTo(packet[Start..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(Start + NonceSize)..], (ushort)shot);
        if (ownHeader) WriteHeader(packet);
        return packet.Length;
    }

    public override Quote ReadQuote(ReadOnlySpan<byte> quote)
    {
        if (!ownHeader) return ReadTag(quote, out var tagged) ? new(IsOurs: true, tagged, Altered: null) : Quote.Foreign;
        if (quote.Length < HeaderSize || !HasPorts(quote, flow.SourcePort, flow.TargetPort)) return Quote.Foreign;
        var shot = BinaryPrimitives.ReadUInt16BigEndian(quote[4..]) - HeaderSize - FirstPayload;
        if (shot is < 0 or > Largest - HeaderSize - FirstPayload || !ReadTag(quote[HeaderSize..], out var tag) || (tag ?? shot) != shot) return Quote.Foreign;
        return new(IsOurs: true, shot, BinaryPrimitives.ReadUInt16BigEndian(quote[6..]) != Checksum(shot));
    }

    public override Answer ReadAnswer(ReadOnlySpan<byte> packet)
    {
        if (ownHeader && (packet.Length < HeaderSize || !HasPorts(packet, flow.TargetPort, flow.SourcePort))) return Answer.Foreign;

        // What listens there may say anything; only if it sends back what it got does that tell which packet it answers.
        return new(IsOurs: true, ReadTag(packet[Start..], out var tag) ? tag : null, "udp_reply");
    }

    private static bool HasPorts(ReadOnlySpan<byte> header, ushort from, ushort to) =>
        BinaryPrimitives.ReadUInt16BigEndian(header) == from && BinaryPrimitives.ReadUInt16BigEndian(header[2..]) == to;

    // False when it is another's; the tag is null when it is cut.
    private bool ReadTag(ReadOnlySpan<byte> payload, out int? tag)
    {
        if (IsPadding(payload[..Math.Min(payload.Length, TagSize)])) payload = default;
        tag = payload.Length < TagSize ? null : BinaryPrimitives.ReadUInt16BigEndian(payload[NonceSize..]);
        var seen = Math.Min(payload.Length, NonceSize);
        return payload[..seen].SequenceEqual(nonce.AsSpan(0, seen));
    }

    private void WriteHeader(Span<byte> packet)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet, flow.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], flow.TargetPort);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)packet.Length);
        var checksum = TransportChecksum.Of(packet, flow, Protocol);

        // RFC 768: zero says that there is none, so that it is sent as its other form.
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], checksum == 0 ? ushort.MaxValue : checksum);
    }

    private ushort Checksum(int shot)
    {
        Span<byte> packet = stackalloc byte[Largest];
        Write(packet, shot);
        return BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
    }
}
