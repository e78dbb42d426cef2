using System.Globalization;
using System.Net;

namespace Vedette.Probes.Icmp;

/// <summary>What an error message means for the run (RFC 792, RFC 1191 section 4, RFC 1812 section 5.2.7.1, RFC 4443 section 3).</summary>
internal static class IcmpErrors
{
    public static EchoError Explain(QuotedEcho quoted, bool v6, Echo echo, IPAddress reporter)
    {
        var own = !reporter.Equals(echo.Target) && OwnAddresses.Contains(reporter);
        return new(own ? FromThisHost(quoted, v6, echo) : FromThePath(quoted, v6, reporter), reporter, quoted.NextHopMtu);
    }

    private static Failure FromThePath(QuotedEcho quoted, bool v6, IPAddress reporter)
    {
        var (reason, what) = v6 ? Meaning6(quoted) : Meaning4(quoted);
        var mtu = quoted.NextHopMtu is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"; the next hop takes {bytes} bytes") : "";
        return Failure.Down(reason, $"{reporter} reported {what ?? reason.Replace('_', ' ')} (type {quoted.Type}, code {quoted.Code}){mtu}");
    }

    // The kernel asked the network for the neighbour in vain and tells so by an error from one of the host's own addresses. A firewall of this
    // host that rejects speaks from there too.
    private static Failure FromThisHost(QuotedEcho quoted, bool v6, Echo echo) => (v6, quoted.Type, quoted.Code) is (false, 3, 1) or (true, 1, 3)
        ? IcmpFailures.NoNeighbor(echo)
        : Failure.Unknown(Reasons.NoPermission, $"this host itself rejected the request (type {quoted.Type}, code {quoted.Code}); check its firewall and routes");

    private static (string Reason, string? What) Meaning4(QuotedEcho quoted) => (quoted.Type, quoted.Code) switch
    {
        (3, 0 or 6 or 11) => (Reasons.NetworkUnreachable, null),
        (3, 2) => (Reasons.ProtocolUnreachable, null),
        (3, 3) => (Reasons.PortUnreachable, null),
        (3, 4) => (Reasons.FragmentationNeeded, null),
        (3, 9 or 10 or 13) => (Reasons.AdminProhibited, null),
        (3, _) => (Reasons.HostUnreachable, null),
        (11, 0) => (Reasons.TtlExceeded, null),
        (11, 1) => (Reasons.PacketLoss, "that it got only some of the fragments"),
        (12, _) => (Reasons.ProtocolError, "a parameter problem"),
        _ => (Reasons.ProtocolError, null),
    };

    private static (string Reason, string? What) Meaning6(QuotedEcho quoted) => (quoted.Type, quoted.Code) switch
    {
        (1, 0) => (Reasons.NetworkUnreachable, null),
        (1, 1 or 5 or 6) => (Reasons.AdminProhibited, null),
        (1, 4) => (Reasons.PortUnreachable, null),
        (1, _) => (Reasons.HostUnreachable, null),
        (2, _) => (Reasons.FragmentationNeeded, "that the packet is too big"),
        (3, 0) => (Reasons.TtlExceeded, null),
        (3, 1) => (Reasons.PacketLoss, "that it got only some of the fragments"),
        (4, _) => (Reasons.ProtocolError, "a parameter problem"),
        _ => (Reasons.ProtocolError, null),
    };
}
