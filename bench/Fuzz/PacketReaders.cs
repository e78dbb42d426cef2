using System.Net;
using Vedette.Probes.Icmp;
using Vedette.Probes.Ntp;
using Vedette.Probes.Traceroute;

namespace Fuzz;

/// <summary>What hosts on the way send.</summary>
internal static class PacketReaders
{
    private static readonly Flow Flow4 = new(IPAddress.Parse("192.0.2.1"), 40000, IPAddress.Parse("192.0.2.2"), 33434);
    private static readonly Flow Flow6 = new(IPAddress.Parse("2001:db8::1"), 40000, IPAddress.Parse("2001:db8::2"), 33434);

    public static IEnumerable<Reader> All =>
    [
        Reader.Of("icmp errors", [Error4(), Error6()], packet =>
        {
            foreach (var v6 in (bool[])[false, true]) QuotedEcho.Read(IcmpPacket.WithoutHeader4(packet), v6);
        }),
        Of("traceroute udp", new UdpWire(Flow4, ownHeader: true)),
        Of("traceroute udp, unprivileged", new UdpWire(Flow6, ownHeader: false)),
        Of("traceroute icmp", new EchoWire(Flow6)),
        Of("traceroute tcp", new SynWire(Flow4)),
        Reader.Of("ntp packets", [Server(), [.. Server(), 0, 1, 0, 28, .. new byte[24]], [.. Server(), .. new byte[20]]], packet => NtpPacket.TryRead(packet, out _)),
        Reader.Of("icmp extensions", [Extensions(), [.. new byte[128], .. Extensions()]], structure =>
        {
            IcmpExtensions.Labels(structure);
            IcmpExtensions.Labels(IcmpExtensions.Unannounced(structure, missing: 28));
        }),
    ];

    private static Reader Of(string name, Wire wire)
    {
        var packet = new byte[Wire.Largest];
        byte[][] samples = [.. Enumerable.Range(0, 4).Select(shot => packet[..wire.Write(packet, shot)].ToArray())];
        return Reader.Of(name, samples, quote =>
        {
            wire.ReadQuote(quote);
            wire.ReadAnswer(quote);
        });
    }

    private static byte[] Server() => [0x24, 2, 6, 0xEC, .. new byte[8], 192, 0, 2, 7, .. new byte[32]];

    private static byte[] Error4() =>
        [0x46, .. new byte[8], 1, .. new byte[14], 3, 1, .. new byte[6], 0x45, .. new byte[8], 1, .. new byte[10], 8, 0, 0, 0, 0, 7, 0, 9, .. new byte[56]];

    private static byte[] Error6() =>
        [1, 4, .. new byte[6], 0x60, .. new byte[5], 0, 64, .. new byte[32], 58, 0, .. new byte[6], 128, 0, 0, 0, 0, 7, 0, 9, .. new byte[56]];

    private static byte[] Extensions() => [0x20, 0, 0, 0, 0, 12, 1, 1, 0, 1, 0, 0, 0, 1, 1, 255, 0, 8, 2, 1, 0, 0, 0, 9];
}
