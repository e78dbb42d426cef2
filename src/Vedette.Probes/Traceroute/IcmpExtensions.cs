using System.Buffers.Binary;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Traceroute;

/// <summary>An entry of an MPLS label stack (RFC 3032 section 2.1).</summary>
/// <param name="Label">20 bits.</param>
/// <param name="TrafficClass">3 bits.</param>
/// <param name="IsBottom">The last of its stack.</param>
/// <param name="TimeToLive">What the packet had left when it ended.</param>
internal readonly record struct MplsLabel(int Label, int TrafficClass, bool IsBottom, int TimeToLive);

/// <summary>Reads the extensions behind the quote of an ICMP error (RFC 4884 section 7).</summary>
internal static class IcmpExtensions
{
    private const int HeaderSize = 4;
    private const int Version = 2;
    private const byte MplsClass = 1;
    private const byte IncomingStack = 1;
    private const int EntrySize = 4;

    // What is left of it fits no packet; a stack of that depth does not occur.
    private const int MostLabels = 16;

    /// <summary>The label stack in an extension structure (RFC 4950 section 3); what is malformed ends the reading, and what came before it stays.</summary>
    public static IReadOnlyList<MplsLabel> Labels(ReadOnlySpan<byte> structure)
    {
        if (structure.Length < HeaderSize || structure[0] >> 4 != Version) return [];
        var labels = new List<MplsLabel>();
        for (var rest = structure[HeaderSize..]; rest.Length >= HeaderSize;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length < HeaderSize || length > rest.Length) break;
            if (rest[2] == MplsClass && rest[3] == IncomingStack) ReadStack(rest[HeaderSize..length], labels);
            rest = rest[length..];
        }

        return labels;
    }

    /// <summary>
    /// The extension structure of a router from before RFC 4884, which gives no length: its section 5.5 has it begin after 128 bytes of the
    /// quote, if its checksum is there and right. Empty when there is none.
    /// </summary>
    /// <param name="quote">What is left of the quote.</param>
    /// <param name="missing">How many bytes of the quote, headers, are missing before that.</param>
    public static ReadOnlySpan<byte> Unannounced(ReadOnlySpan<byte> quote, int missing)
    {
        var at = 128 - missing;
        if (quote.Length < at + HeaderSize) return default;
        var structure = quote[at..];
        return BinaryPrimitives.ReadUInt16BigEndian(structure[2..]) != 0 && IcmpPacket.Checksum(structure) == 0 ? structure : default;
    }

    private static void ReadStack(ReadOnlySpan<byte> entries, List<MplsLabel> labels)
    {
        for (; entries.Length >= EntrySize && labels.Count < MostLabels; entries = entries[EntrySize..])
        {
            var entry = BinaryPrimitives.ReadUInt32BigEndian(entries);
            labels.Add(new((int)(entry >> 12), (int)(entry >> 9) & 7, (entry & 0x100) != 0, (int)(entry & 0xFF)));
        }
    }
}
