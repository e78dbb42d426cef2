using System.Net;

namespace Vedette.Linux.Sockets;

/// <summary>What the kernel says of a packet beside its bytes; what it does not say is null.</summary>
/// <param name="At">When it arrived: nanoseconds of CLOCK_REALTIME since 1970.</param>
/// <param name="HopLimit">How many hops it had left.</param>
/// <param name="Dropped">How many packets this socket had no room for so far, modulo 2^32; only said once there was one.</param>
/// <param name="Report">The error that a host reported of a packet that was sent here; only on the error queue.</param>
public readonly record struct Arrival(long? At, int? HopLimit, uint? Dropped, ErrorReport? Report);

/// <summary>An ICMP error about a packet of this socket.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Code">Its code.</param>
/// <param name="Info">The MTU of the next hop where it is about that, else 0.</param>
/// <param name="Reporter">Who sent it.</param>
public readonly record struct ErrorReport(byte Type, byte Code, uint Info, IPAddress Reporter)
{
    /// <summary>Where in the bytes of the report its extensions begin (RFC 4884 section 7); null when there are none, or nobody asked for them.</summary>
    public int? ExtensionsAt { get; init; }
}
