using BenchmarkDotNet.Attributes;
using Vedette;
using Vedette.Probes.Dns;
using Vedette.Probes.Icmp;

namespace Micro;

/// <summary>What goes over the wire for one run.</summary>
public class Packets
{
    private const ushort Id = 7;

    private readonly byte[] ping = new byte[IcmpPacket.HeaderSize + 56];
    private readonly byte[] pong = new byte[IcmpPacket.HeaderSize + 56];
    private readonly byte[] query = new byte[DnsQuery.Longest];
    private readonly DnsTerms terms = new("www.example.org", new OptionValues(DnsProbe.Kind, Parameters.Empty.With("server", "192.0.2.53")));
    private byte[] answer = [];

    [GlobalSetup]
    public void Answer()
    {
        var question = query[..terms.Query.Write(query, Id, edns: false)];
        question[2] |= 0x80;
        question[7] = 2;
        byte[] record = [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
        answer = [.. question, .. record, .. record];
        WritePing();
        ping.CopyTo(pong, 0);
        pong[0] = 0;
    }

    [Benchmark]
    public byte WritePing()
    {
        EchoPayload.Write(ping.AsSpan(IcmpPacket.HeaderSize), 0x0123_4567_89AB_CDEF);
        IcmpPacket.WriteHeader(ping, v6: false, Id, 42);
        return ping[^1];
    }

    [Benchmark]
    public bool ReadPong() =>
        IcmpPacket.Checksum(pong) != 0
        & IcmpPacket.IsReply(pong, v6: false, out _, out _)
        & EchoPayload.Matches(pong.AsSpan(IcmpPacket.HeaderSize), 0x0123_4567_89AB_CDEF, 56);

    [Benchmark]
    public int WriteQuery()
    {
        Array.Clear(query);
        return terms.Query.Write(query, Id, edns: true);
    }

    [Benchmark]
    public object ReadAnswer() =>
        terms.Query.IsAnsweredBy(answer, Id) && DnsReply.Read(answer, terms.Query, out _) is { } reply ? reply : throw new InvalidOperationException("the answer was refused");
}
