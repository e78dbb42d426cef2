using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>What an error message means for the run (RFC 792, RFC 1191 section 4, RFC 1812 section 5.2.7.1, RFC 4443 section 3).</summary>
internal static class IcmpErrors
{
    public static EchoError Explain(QuotedEcho quoted, Echo echo, IPAddress reporter) =>
        new(Explain(quoted.Type, quoted.Code, quoted.NextHopMtu, echo.Target, reporter), reporter, quoted.NextHopMtu);

    /// <summary>The failure that an error message about a packet makes.</summary>
    /// <param name="type">Its type, of the family of <paramref name="target"/>.</param>
    /// <param name="code">Its code.</param>
    /// <param name="mtu">What the next hop takes, in bytes, where it is about that.</param>
    /// <param name="target">Where the packet was going.</param>
    /// <param name="reporter">Who sent the message.</param>
    public static Failure Explain(byte type, byte code, int? mtu, IPAddress target, IPAddress reporter)
    {
        var v6 = target.AddressFamily == AddressFamily.InterNetworkV6;
        var own = !reporter.Equals(target) && OwnAddresses.Contains(reporter);
        return own ? FromThisHost(type, code, v6, target) : FromThePath(type, code, v6, mtu, reporter);
    }

    private static Failure FromThePath(byte type, byte code, bool v6, int? mtu, IPAddress reporter)
    {
        var (reason, what) = v6 ? Meaning6(type, code) : Meaning4(type, code);
        var hop = mtu is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"; the next hop takes {bytes} bytes") : "";
        return Failure.Down(reason, $"{reporter} reported {what ?? reason.Replace('_', ' ')} (type {type}, code {code}){hop}");
    }

    // The kernel asked the network for the neighbour in vain and tells so by an error from one of the host's own addresses. A firewall of this
    // host that rejects speaks from there too.
    private static Failure FromThisHost(byte type, byte code, bool v6, IPAddress target) => (v6, type, code) is (false, 3, 1) or (true, 1, 3)
        ? IcmpFailures.NoNeighbor(target)
        : Failure.Unknown(Reasons.NoPermission, $"this host itself rejected the request (type {type}, code {code}); check its firewall and routes");

    private static (string Reason, string? What) Meaning4(byte type, byte code) => (type, code) switch
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

    private static (string Reason, string? What) Meaning6(byte type, byte code) => (type, code) switch
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
