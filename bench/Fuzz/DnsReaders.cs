using System.Buffers.Binary;
using System.Net;
using System.Text;
using Vedette;
using Vedette.Probes.Dns;

namespace Fuzz;

/// <summary>What name servers send.</summary>
internal static class DnsReaders
{
    private const ushort Id = 7;
    private const ushort ToOwner = 0xC00C;

    private static readonly DnsTerms Terms = new("www.example.org", new OptionValues(DnsProbe.Kind, Parameters.Empty.With("expect", "192.0.2.1").With("server", "192.0.2.53")));
    private static readonly IPEndPoint Server = new(IPAddress.Parse("192.0.2.53"), 53);

    public static IEnumerable<Reader> All => [Reader.Of("dns answers", Samples(), Read)];

    private static void Read(byte[] message)
    {
        Terms.Query.IsAnsweredBy(message, Id);
        if (message.Length < DnsReader.HeaderSize) return;
        if (DnsReply.Read(message, Terms.Query, out _) is { } reply) DnsProbe.Conclude(new Observation(), Terms, reply, Server, "udp");
        DnsReply.ReadCut(message);
    }

    private static byte[][] Samples() =>
    [
        Message((1, [192, 0, 2, 1]), (28, new byte[16])),
        Message((5, Name("web.example.net")), (39, Name("example.com"))),
        Message((15, [0, 10, .. Name("mail.example.org")]), (2, [0xC0, 0x10]), (12, [0xC0, 0x0C])),
        Message((6, [.. Name("ns.example.org"), .. Name("root.example.org"), .. new byte[20]])),
        Message((16, [5, .. "hello"u8, 3, .. "all"u8]), (33, [0, 1, 0, 2, 0, 80, .. Name("srv.example.org")])),
        Message((257, [0, 5, .. "issue"u8, .. "ca.example"u8]), (43, [0, 1, 8, 2, .. new byte[32]]), (48, [1, 1, 3, 8, .. new byte[64]])),
        Message((65, [0, 1, 0, 0, 1, 0, 3, 2, .. "h2"u8, 0, 4, 0, 4, 192, 0, 2, 1, 0, 6, 0, 16, .. new byte[16]]), (64, [0, 0, .. Name("svc.example")])),
        Message((46, [0, 1, 8, 2, .. new byte[14], .. Name("example.org"), .. new byte[64]]), (65280, [1, 2, 3])),
    ];

    // Header, the question, the records all owned by what was asked for, and an OPT with an extended error.
    private static byte[] Message(params (ushort Type, byte[] Data)[] records)
    {
        var question = new byte[DnsQuery.Longest];
        question = question[..Terms.Query.Write(question, Id, edns: false)];
        question[2] |= 0x80;
        question[7] = (byte)records.Length;
        question[11] = 1;
        return [.. question, .. records.SelectMany(record => Record(record.Type, record.Data)), 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 8, 0, 15, 0, 4, 0, 18, .. "no"u8];
    }

    private static byte[] Record(ushort type, byte[] data)
    {
        var record = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(record, ToOwner);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(2), type);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(4), DnsQuery.Internet);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(10), (ushort)data.Length);
        return [.. record, .. data];
    }

    private static byte[] Name(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
