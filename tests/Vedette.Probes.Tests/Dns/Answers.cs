using System.Buffers.Binary;
using System.Net;
using Vedette.Probes.Dns;

namespace Vedette.Probes.Tests.Dns;

/// <summary>Messages a server might send, honest or not.</summary>
internal static class Answers
{
    public const ushort A = 1;
    public const ushort Cname = 5;
    public const ushort Soa = 6;
    public const ushort Txt = 16;

    /// <summary>The answer to a query without its OPT: the same id and question, and records after it.</summary>
    public static byte[] To(ReadOnlySpan<byte> query, int rcode, params byte[][] answers) => To(query, rcode, DnsFlags.RecursionAvailable, answers, [], []);

    public static byte[] To(ReadOnlySpan<byte> query, int rcode, DnsFlags flags, byte[][] answers, byte[][] authority, byte[][] additional)
    {
        byte[] message = [.. query[..QuestionEnd(query)], .. answers.SelectMany(r => r), .. authority.SelectMany(r => r), .. additional.SelectMany(r => r)];
        var asked = BinaryPrimitives.ReadUInt16BigEndian(query[2..]) & (int)DnsFlags.RecursionDesired;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)((int)(flags | DnsFlags.Response) | asked | rcode));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)answers.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)authority.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)additional.Length);
        return message;
    }

    public static byte[] Record(string owner, ushort type, params byte[] data) => Record(Name(owner), type, 1, 300, data);

    public static byte[] Record(byte[] owner, ushort type, ushort @class, uint ttl, byte[] data)
    {
        byte[] record = [.. owner, .. new byte[10], .. data];
        var at = record.AsSpan(owner.Length);
        BinaryPrimitives.WriteUInt16BigEndian(at, type);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], @class);
        BinaryPrimitives.WriteUInt32BigEndian(at[4..], ttl);
        BinaryPrimitives.WriteUInt16BigEndian(at[8..], (ushort)data.Length);
        return record;
    }

    public static byte[] Address(string owner, string address) => Record(owner, A, IPAddress.Parse(address).GetAddressBytes());

    public static byte[] Alias(string owner, string target) => Record(owner, Cname, Name(target));

    public static byte[] Zone(string owner) =>
        Record(owner, Soa, [.. Name("ns.zoo.test"), .. Name("keeper.zoo.test"), 0x78, 0xC3, 0x2A, 0xA5, .. new byte[12], 0, 0, 0, 60]);

    /// <summary>An OPT record (RFC 6891) with options and the upper eight bits of a response code.</summary>
    public static byte[] Edns(byte rcode = 0, params byte[] options) => Record([0], 41, 1232, (uint)rcode << 24, options);

    public static byte[] Name(string text) => DnsNames.Parse(text, out _)!;

    /// <summary>A query as the probe sends it.</summary>
    public static byte[] Query(string name, ushort type = A, ushort id = 0x1234)
    {
        var message = new byte[DnsQuery.Longest];
        return message[..new DnsQuery(Name(name), type, recursion: true).Write(message, id, edns: true)];
    }

    public static int QuestionEnd(ReadOnlySpan<byte> query)
    {
        var at = DnsReader.HeaderSize;
        DnsNames.Read(query, ref at, new byte[DnsNames.Longest]).ShouldBeGreaterThan(0);
        return at + 4;
    }
}
