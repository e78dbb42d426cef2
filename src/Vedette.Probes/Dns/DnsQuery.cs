using System.Buffers.Binary;

namespace Vedette.Probes.Dns;

/// <summary>One question, to be asked any number of times.</summary>
/// <param name="name">The name, in the form of messages.</param>
/// <param name="type">The type of records.</param>
/// <param name="recursion">Whether the server is to ask others (RD).</param>
internal sealed class DnsQuery(byte[] name, ushort type, bool recursion)
{
    /// <summary>The longest one: header, question, and an OPT without options.</summary>
    public const int Longest = DnsReader.HeaderSize + DnsNames.Longest + 4 + OptSize;

    /// <summary>The class of everything asked and answered: the Internet.</summary>
    public const ushort Internet = 1;

    /// <summary>What the smallest packet of IPv6 (RFC 8200 section 5: 1280 bytes) has room for, so that no answer comes in fragments.</summary>
    public const ushort LargestPayload = 1232;

    private const int OptSize = 11;

    /// <summary>The name as in zone files.</summary>
    public string NameText { get; } = DnsNames.ToText(name);

    public ReadOnlySpan<byte> Name => name;

    public ushort Type => type;

    /// <summary>Writes the message; its length.</summary>
    /// <param name="message">Takes it, of <see cref="Longest"/> bytes, all of them 0.</param>
    /// <param name="id">What the answer has to repeat.</param>
    /// <param name="edns">Whether to speak EDNS (RFC 6891).</param>
    public int Write(Span<byte> message, ushort id, bool edns)
    {
        // RFC 6840 section 5.7: AD in a query asks for AD in the answer.
        var flags = DnsFlags.Authentic | (recursion ? DnsFlags.RecursionDesired : DnsFlags.None);
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)flags);
        message[5] = 1;
        name.CopyTo(message[DnsReader.HeaderSize..]);
        var at = DnsReader.HeaderSize + name.Length;
        BinaryPrimitives.WriteUInt16BigEndian(message[at..], type);
        BinaryPrimitives.WriteUInt16BigEndian(message[(at + 2)..], Internet);
        at += 4;
        if (!edns) return at;
        message[11] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(message[(at + 1)..], DnsTypes.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(message[(at + 3)..], LargestPayload);
        return at + OptSize;
    }

    /// <summary>Whether a message from the server's address is the answer to this question, asked with that id (RFC 5452 section 9.1).</summary>
    public bool IsAnsweredBy(ReadOnlySpan<byte> message, ushort id)
    {
        if (message.Length < DnsReader.HeaderSize) return false;
        var reader = new DnsReader(message);
        if (reader.Id != id || reader.Opcode != 0 || !reader.Flags.HasFlag(DnsFlags.Response)) return false;

        // A server that could not read the query has no question to repeat.
        if (reader.Questions == 0) return reader.Rcode is DnsCodes.FormatError or DnsCodes.NotImplemented;
        return reader.Questions == 1 && IsAsked(message[DnsReader.HeaderSize..]);
    }

    private bool IsAsked(ReadOnlySpan<byte> question) =>
        question.Length >= name.Length + 4
        && DnsNames.AreSame(question[..name.Length], name)
        && BinaryPrimitives.ReadUInt16BigEndian(question[name.Length..]) == type
        && BinaryPrimitives.ReadUInt16BigEndian(question[(name.Length + 2)..]) == Internet;
}
