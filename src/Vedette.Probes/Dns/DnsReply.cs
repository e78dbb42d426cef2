using System.Buffers.Binary;
using System.Text;

namespace Vedette.Probes.Dns;

/// <summary>A record as zone files write it.</summary>
/// <param name="Owner">With the final dot.</param>
/// <param name="Type">Its type.</param>
/// <param name="Class">Its class.</param>
/// <param name="Ttl">Seconds, as sent; 0 where the highest bit was set (RFC 2181 section 8).</param>
/// <param name="Data">Its data.</param>
internal readonly record struct DnsRecord(string Owner, ushort Type, ushort Class, int Ttl, string Data);

/// <summary>What the server says of an error beyond the response code (RFC 8914).</summary>
/// <param name="Code">Of <see cref="DnsCodes.ExtendedError"/>.</param>
/// <param name="Text">For people; may be empty.</param>
internal readonly record struct ExtendedError(int Code, string Text);

/// <summary>An answer that was read.</summary>
internal sealed class DnsReply
{
    /// <summary>So many records of a section are kept: more are in no answer that a person waits for.</summary>
    public const int MostKept = 256;

    private const int MostErrors = 8;
    private const int LongestErrorText = 256;
    private const int ExtendedErrorOption = 15;

    private readonly List<DnsRecord> answers = [];
    private readonly List<DnsRecord> authority = [];
    private readonly List<ExtendedError> errors = [];

    public DnsFlags Flags { get; private init; }

    /// <summary>The response code, with the eight bits that EDNS adds.</summary>
    public int Rcode { get; private set; }

    /// <summary>Records in each section by the header; OPT is an additional one.</summary>
    public required (int Answers, int Authority, int Additional) Counts { get; init; }

    public IReadOnlyList<DnsRecord> Answers => answers;

    public IReadOnlyList<DnsRecord> Authority => authority;

    public IReadOnlyList<ExtendedError> Errors => errors;

    /// <summary>Whether the server spoke EDNS.</summary>
    public bool HasEdns { get; private set; }

    public bool Has(DnsFlags flag) => (Flags & flag) != DnsFlags.None;

    /// <summary>Reads a message that <see cref="DnsQuery.IsAnsweredBy"/> accepted; null with a problem when it is malformed.</summary>
    public static DnsReply? Read(ReadOnlySpan<byte> message, DnsQuery query, out string? problem)
    {
        var reader = new DnsReader(message);
        var reply = Begin(reader);
        problem = null;
        if (!reader.CountsFit) problem = "it is shorter than the records it says it holds";
        else if (reader.Questions == 1 && !reader.SkipQuestion()) problem = "its question is cut";
        else
            problem = ReadSection(message, ref reader, query, reply.Counts.Answers, reply.answers, "answer")
                ?? ReadSection(message, ref reader, query, reply.Counts.Authority, reply.authority, "authority")
                ?? reply.ReadAdditional(message, ref reader);
        return problem is null ? reply : null;
    }

    /// <summary>Reads only the header, of a message that is known to be cut whether it says so or not.</summary>
    public static DnsReply ReadCut(ReadOnlySpan<byte> message) => Begin(new DnsReader(message), DnsFlags.Truncated);

    private static DnsReply Begin(DnsReader reader, DnsFlags more = DnsFlags.None) =>
        new() { Flags = reader.Flags | more, Rcode = reader.Rcode, Counts = (reader.Answers, reader.Authorities, reader.Additionals) };

    private static string? ReadSection(ReadOnlySpan<byte> message, ref DnsReader reader, DnsQuery query, int count, List<DnsRecord> kept, string section)
    {
        var data = count > 0 ? new StringBuilder() : null;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryRead(out var place)) return $"record {i + 1} of its {section} section leaves the message or has no owner";
            if (kept.Count >= MostKept) continue;
            data!.Clear();
            if (!RecordText.TryWrite(message, place, data)) return $"record {i + 1} of its {section} section is not what its type, {DnsTypes.Name(place.Type)}, has to be";
            var ttl = place.Ttl > int.MaxValue ? 0 : (int)place.Ttl;
            kept.Add(new(Owner(message, place, query, kept), place.Type, place.Class, ttl, data.ToString()));
        }

        return null;
    }

    // Nearly all records belong to the name that was asked for, or to the same name as the one before.
    private static string Owner(ReadOnlySpan<byte> message, RecordPlace place, DnsQuery query, List<DnsRecord> before)
    {
        Span<byte> owner = stackalloc byte[DnsNames.Longest];
        var at = place.Owner;
        owner = owner[..DnsNames.Read(message, ref at, owner)];
        if (owner.SequenceEqual(query.Name)) return query.NameText;
        var text = DnsNames.ToText(owner);
        return before.Count > 0 && before[^1].Owner == text ? before[^1].Owner : text;
    }

    private string? ReadAdditional(ReadOnlySpan<byte> message, ref DnsReader reader)
    {
        for (var i = 0; i < Counts.Additional; i++)
        {
            if (!reader.TryRead(out var place)) return $"record {i + 1} of its additional section leaves the message or has no owner";
            if (place.Type == DnsTypes.Opt && !HasEdns) ReadEdns(message, place);
        }

        return null;
    }

    // RFC 6891 section 6.1.3: the upper eight bits of the response code are the first of what is a TTL elsewhere.
    private void ReadEdns(ReadOnlySpan<byte> message, RecordPlace place)
    {
        HasEdns = true;
        Rcode |= (int)(place.Ttl >> 24) << 4;
        var options = message.Slice(place.Data, place.Length);
        while (options.Length >= 4)
        {
            var (code, length) = (BinaryPrimitives.ReadUInt16BigEndian(options), BinaryPrimitives.ReadUInt16BigEndian(options[2..]));
            if (options.Length - 4 < length) return;
            if (code == ExtendedErrorOption && length >= 2 && errors.Count < MostErrors) errors.Add(ReadError(options.Slice(4, length)));
            options = options[(4 + length)..];
        }
    }

    // RFC 8914 section 2: 16 bits, then UTF-8 that some end with a 0.
    private static ExtendedError ReadError(ReadOnlySpan<byte> option)
    {
        var text = Encoding.UTF8.GetString(option[2..Math.Min(option.Length, LongestErrorText)]).TrimEnd('\0', ' ', '.');
        return new(BinaryPrimitives.ReadUInt16BigEndian(option), text);
    }
}
