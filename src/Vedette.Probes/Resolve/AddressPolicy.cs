using System.Net;
using System.Net.Sockets;

namespace Vedette.Probes.Resolve;

/// <summary>
/// Which addresses a probe may touch. It looks at addresses after resolution, never at names, and inside every form that carries an
/// IPv4 address. Private networks are allowed: watching them is the job.
/// </summary>
/// <param name="allowLoopback">Only for the built-in agent, or where an operator asked for it.</param>
public sealed class AddressPolicy(bool allowLoopback)
{
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork LinkLocal4 = IPNetwork.Parse("169.254.0.0/16");
    private static readonly IPNetwork Multicast4 = IPNetwork.Parse("224.0.0.0/4");
    private static readonly IPNetwork ThisNetwork = IPNetwork.Parse("0.0.0.0/8");

    // Where clouds serve metadata outside of the link-local network: Amazon and Google over IPv6, Alibaba over IPv4.
    private static readonly IPAddress[] Metadata = [IPAddress.Parse("fd00:ec2::254"), IPAddress.Parse("fd20:ce::254"), IPAddress.Parse("100.100.100.200")];

    /// <summary>Why an address is not to be probed, in a sentence; null when it may be.</summary>
    public string? Refuse(IPAddress address)
    {
        var inner = Unwrap(address);
        if (IsLinkLocal(inner)) return $"{address} is link-local, where clouds serve their secrets; it is never probed";
        if (Metadata.Contains(inner)) return $"{address} is where a cloud serves its secrets; it is never probed";
        if (IsGroup(inner)) return $"{address} is not the address of one host; it is never probed";
        if (IsUnspecified(inner)) return $"{address} names no host; it is never probed";
        if (IPAddress.IsLoopback(inner) && !allowLoopback) return $"{address} is this agent's own loopback; start the agent with --allow-loopback to permit it";
        return null;
    }

    // RFC 4291 section 2.5.5.2 (mapped), RFC 6052 section 2.1 (NAT64), RFC 3056 section 2 (6to4).
    private static IPAddress Unwrap(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address)) return new IPAddress(bytes.AsSpan(12, 4));

        // Without the scope: ::1%2 is as much loopback, and the kernel connects to it, yet it does not equal ::1.
        return new IPAddress(SixToFour.Contains(address) ? bytes.AsSpan(2, 4) : bytes);
    }

    private static bool IsLinkLocal(IPAddress address) => address.IsIPv6LinkLocal || LinkLocal4.Contains(address);

    private static bool IsGroup(IPAddress address) => address.IsIPv6Multicast || Multicast4.Contains(address) || address.Equals(IPAddress.Broadcast);

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.IPv6Any) || ThisNetwork.Contains(address);
}
