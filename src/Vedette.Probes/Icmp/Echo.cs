using System.Net;
using Vedette.Linux;

namespace Vedette.Probes.Icmp;

/// <summary>What the requests of a check look like.</summary>
/// <param name="Size">Bytes of payload.</param>
/// <param name="HopLimit">The hops a request may take; null for the system's default.</param>
/// <param name="DontFragment">Nobody may cut it.</param>
/// <param name="Source">The address of this host it comes from; null to let the routes choose.</param>
internal sealed record EchoTerms(int Size, int? HopLimit = null, bool DontFragment = false, IPAddress? Source = null);

/// <summary>What an ICMP error said of a request.</summary>
/// <param name="Failure">What it means for the run.</param>
/// <param name="Reporter">Who sent it.</param>
/// <param name="NextHopMtu">What the next hop takes, where it is about that.</param>
internal readonly record struct EchoError(Failure Failure, IPAddress Reporter, int? NextHopMtu);

/// <summary>One request. Its flight alone changes what became of it.</summary>
internal sealed class Echo(Flight flight, IPAddress target, EchoTerms terms, ushort id, ushort sequence, ulong nonce)
{
    public Flight Flight => flight;
    public IPAddress Target => target;
    public EchoTerms Terms => terms;
    public ushort Id => id;
    public ushort Sequence => sequence;
    public ulong Nonce => nonce;

    /// <summary>Just before it was given to the kernel; default while it was not.</summary>
    public Instant SentAt { get; set; }

    /// <summary>It was sent a second time, cut to the path's MTU.</summary>
    public bool Resent { get; set; }

    /// <summary>It was sent, and is neither settled nor over. The engine's thread alone knows.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Set once a valid reply came in time.</summary>
    public TimeSpan? Rtt { get; set; }

    /// <summary>The hops that the reply had left; null where the kernel did not say.</summary>
    public int? HopLimit { get; set; }

    /// <summary>Replies beyond the first, while the run went on.</summary>
    public int Duplicates { get; set; }

    /// <summary>Its first reply came after the run.</summary>
    public bool AnsweredLate { get; set; }

    /// <summary>What an error message, or a reply from another address, said of it.</summary>
    public EchoError? Error { get; set; }

    /// <summary>Why this host did not send it.</summary>
    public Failure? Refused { get; set; }

    public bool WasSent => SentAt != default && Refused is null;

    public bool IsSettled => Rtt is not null || Error is not null || Refused is not null;
}
