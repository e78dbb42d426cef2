using System.Net;

namespace Vedette.Probes.Datagrams;

/// <summary>A datagram that came in; its bytes are valid only while it is looked at.</summary>
/// <param name="bytes">What it holds.</param>
/// <param name="isCut">Whether it was longer than there was room for.</param>
/// <param name="after">From the sending of ours to its arrival, by the kernel's stamp.</param>
internal readonly ref struct Datagram(ReadOnlySpan<byte> bytes, bool isCut, TimeSpan after)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public bool IsCut { get; } = isCut;

    public TimeSpan After { get; } = after;
}

/// <summary>Looks at a datagram; true when it is what was waited for, false to go on listening.</summary>
internal delegate bool Accept(Datagram datagram);

/// <summary>An ICMP error about our datagram.</summary>
/// <param name="Failure">What it means for the run.</param>
/// <param name="Reporter">Who sent it.</param>
internal readonly record struct PathError(Failure Failure, IPAddress Reporter);
