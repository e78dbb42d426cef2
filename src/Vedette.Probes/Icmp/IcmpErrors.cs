using System.Net;

namespace Vedette.Probes.Icmp;

/// <summary>What an error message means for the run (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3).</summary>
internal static class IcmpErrors
{
    public static Failure Explain(IcmpPacket packet, bool v6, IPAddress sender)
    {
        var reason = v6 ? Reason6(packet) : Reason4(packet);
        return Failure.Down(reason, $"{sender} reported {reason.Replace('_', ' ')} (type {packet.Type}, code {packet.Code})");
    }

    private static string Reason4(IcmpPacket packet) => (packet.Type, packet.Code) switch
    {
        (3, 0 or 6 or 11) => Reasons.NetworkUnreachable,
        (3, 2) => Reasons.ProtocolUnreachable,
        (3, 3) => Reasons.PortUnreachable,
        (3, 4) => Reasons.FragmentationNeeded,
        (3, 9 or 10 or 13) => Reasons.AdminProhibited,
        (3, _) => Reasons.HostUnreachable,
        (11, 0) => Reasons.TtlExceeded,
        _ => Reasons.ProtocolError,
    };

    private static string Reason6(IcmpPacket packet) => (packet.Type, packet.Code) switch
    {
        (1, 0) => Reasons.NetworkUnreachable,
        (1, 1 or 5 or 6) => Reasons.AdminProhibited,
        (1, 4) => Reasons.PortUnreachable,
        (1, _) => Reasons.HostUnreachable,
        (2, _) => Reasons.FragmentationNeeded,
        (3, 0) => Reasons.TtlExceeded,
        _ => Reasons.ProtocolError,
    };
}
