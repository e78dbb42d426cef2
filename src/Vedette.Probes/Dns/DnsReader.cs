using System.Buffers.Binary;

namespace Vedette.Probes.Dns;

/// <summary>Where in a message a record lies (RFC 1035 section 4.1.3).</summary>
/// <param name="Owner">Where its owner's name begins.</param>
/// <param name="Type">Its type.</param>
/// <param name="Class">Its class; of OPT a payload size.</param>
/// <param name="Ttl">As sent; of OPT flags.</param>
/// <param name="Data">Where its data begins.</param>
/// <param name="Length">How long its data is; it lies within the message.</param>
internal readonly record struct RecordPlace(int Owner, ushort Type, ushort Class, uint Ttl, int Data, int Length);

/// <summary>Walks a message (RFC 1035 section 4) from its header on. Nothing it gives lies outside of the message.</summary>
/// <param name="message">At least <see cref="HeaderSize"/> bytes.</param>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    public const int HeaderSize = 12;

    // The root as owner, type, class, TTL and length: no record is shorter, and no question shorter than name, type and class.
    private const int ShortestRecord = 11;
    private const int ShortestQuestion = 5;
    private const int RecordTail = 10;
    private const int QuestionTail = 4;

    private readonly ReadOnlySpan<byte> message = message;

    /// <summary>What is read next.</summary>
    public int At { get; private set; } = HeaderSize;

    public readonly ushort Id => Number(0);

    public readonly DnsFlags Flags => (DnsFlags)(Number(2) & (int)DnsFlags.All);

    public readonly int Opcode => (message[2] >> 3) & 0xF;

    /// <summary>The four bits of the header; EDNS has eight more.</summary>
    public readonly int Rcode => message[3] & 0xF;

    public readonly int Questions => Number(4);

    public readonly int Answers => Number(6);

    public readonly int Authorities => Number(8);

    public readonly int Additionals => Number(10);

    /// <summary>Whether the message is long enough for what its header says it holds.</summary>
    public readonly bool CountsFit =>
        message.Length - HeaderSize >= (Questions * ShortestQuestion) + ((Answers + Authorities + Additionals) * ShortestRecord);

    /// <summary>Passes over a question; false when it leaves the message.</summary>
    public bool SkipQuestion()
    {
        Span<byte> name = stackalloc byte[DnsNames.Longest];
        var at = At;
        if (DnsNames.Read(message, ref at, name) == 0 || message.Length - at < QuestionTail) return false;
        At = at + QuestionTail;
        return true;
    }

    /// <summary>Reads where the next record lies, and passes over it; false when it leaves the message or its owner is no name.</summary>
    public bool TryRead(out RecordPlace place)
    {
        Span<byte> owner = stackalloc byte[DnsNames.Longest];
        var (begin, at) = (At, At);
        place = default;
        if (DnsNames.Read(message, ref at, owner) == 0 || message.Length - at < RecordTail) return false;
        var length = Number(at + 8);
        if (message.Length - at - RecordTail < length) return false;
        place = new(begin, Number(at), Number(at + 2), BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]), at + RecordTail, length);
        At = at + RecordTail + length;
        return true;
    }

    private readonly ushort Number(int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}

/// <summary>The flags of a header, at their places in its second 16 bits (RFC 1035 section 4.1.1, RFC 6895 section 2).</summary>
[Flags]
internal enum DnsFlags : ushort
{
    None = 0,
    Response = 1 << 15,
    Authoritative = 1 << 10,
    Truncated = 1 << 9,
    RecursionDesired = 1 << 8,
    RecursionAvailable = 1 << 7,
    Authentic = 1 << 5,
    CheckingDisabled = 1 << 4,
    All = Response | Authoritative | Truncated | RecursionDesired | RecursionAvailable | Authentic | CheckingDisabled,
}
