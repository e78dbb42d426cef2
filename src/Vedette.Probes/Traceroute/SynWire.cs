using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Vedette.Probes.Traceroute;

/// <summary>First packets of a connection between the same two ports, told apart by their sequence numbers.</summary>
/// <param name="flow">From where to where.</param>
internal sealed class SynWire(Flow flow) : Wire
{
    private const int Size = 24;
    private const int ChecksumAt = 16;

    // Ports and sequence number: the eight bytes that every router quotes (RFC 792).
    private const int LeastQuote = 8;
    private const int LeastAnswer = 20;
    private const int MostShots = 4096;
    private const byte Protocol = 6;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Ack = 16;

    private readonly uint first = (uint)RandomNumberGenerator.GetInt32(int.MaxValue);

    public override int Write(Span<byte> packet, int shot)
    {
        packet = packet[..Size];
        packet.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet, flow.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], flow.TargetPort);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], first + (uint)shot);
        packet[12] = Size / 4 << 4;
        packet[13] = Syn;
        BinaryPrimitives.WriteUInt16BigEndian(packet[14..], ushort.MaxValue);

        // RFC 9293 section 3.7.1: the greatest segment; firewalls take a SYN without for what it is not.
        ReadOnlySpan<byte> mss = flow.IsV6 ? [2, 4, 1440 >> 8, 1440 & 0xFF] : [2, 4, 1460 >> 8, 1460 & 0xFF];
        mss.CopyTo(packet[20..]);
        BinaryPrimitives.WriteUInt16BigEndian(packet[ChecksumAt..], TransportChecksum.Of(packet, flow, Protocol));
        return packet.Length;
    }

    public override Quote ReadQuote(ReadOnlySpan<byte> quote)
    {
        if (quote.Length < LeastQuote || !HasPorts(quote, flow.SourcePort, flow.TargetPort)) return Quote.Foreign;
        return Tells(BinaryPrimitives.ReadUInt32BigEndian(quote[4..]), out var shot) ? new(IsOurs: true, shot, Altered(quote, shot)) : Quote.Foreign;
    }

    public override Answer ReadAnswer(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < LeastAnswer || !HasPorts(packet, flow.TargetPort, flow.SourcePort)) return Answer.Foreign;

        // RFC 9293 section 3.5: what answers a SYN acknowledges the number after its own.
        var flags = packet[13];
        if ((flags & Ack) == 0 || (flags & (Syn | Rst)) == 0 || !Tells(BinaryPrimitives.ReadUInt32BigEndian(packet[8..]) - 1, out var shot)) return Answer.Foreign;
        return new(IsOurs: true, shot, (flags & Rst) != 0 ? "rst" : "syn_ack");
    }

    private static bool HasPorts(ReadOnlySpan<byte> header, ushort from, ushort to) =>
        BinaryPrimitives.ReadUInt16BigEndian(header) == from && BinaryPrimitives.ReadUInt16BigEndian(header[2..]) == to;

    private bool Tells(uint sequence, out int shot)
    {
        var index = sequence - first;
        shot = (int)index;
        return index < MostShots;
    }

    private bool? Altered(ReadOnlySpan<byte> quote, int shot)
    {
        if (quote.Length < ChecksumAt + 2 || IsPadding(quote[LeastQuote..(ChecksumAt + 2)])) return null;
        Span<byte> sent = stackalloc byte[Largest];
        Write(sent, shot);
        return !quote.Slice(ChecksumAt, 2).SequenceEqual(sent.Slice(ChecksumAt, 2));
    }
}
