using System.Net;
using Vedette.Linux;

namespace Vedette.Probes.Traceroute;

/// <summary>One packet of a trace.</summary>
/// <param name="Index">Its number in the trace; the packet carries it.</param>
/// <param name="HopLimit">How many hops it may take.</param>
/// <param name="At">When it went, since the run began.</param>
internal sealed record Shot(int Index, int HopLimit, TimeSpan At)
{
    /// <summary>Just before it was given to the kernel.</summary>
    public Instant SentAt { get; set; }

    public bool IsAnswered { get; set; }

    /// <summary>An answer came that may have been about it or about another: nobody waits for it any more, and it does not count.</summary>
    public bool IsVoid { get; set; }
}

/// <summary>What came back of a shot.</summary>
/// <param name="Shot">Its number; null where the answer does not tell.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Arrived">When it arrived: the kernel's stamp, nanoseconds since 1970; null without one.</param>
/// <param name="Read">When it was read.</param>
/// <param name="HopLimit">How many hops it had left.</param>
/// <param name="Labels">What the packet carried where it ended (RFC 4950).</param>
internal readonly record struct Reply(int? Shot, IPAddress From, long? Arrived, Instant Read, int? HopLimit, IReadOnlyList<MplsLabel> Labels)
{
    /// <summary>Type and code of an ICMP message.</summary>
    public (byte Type, byte Code)? Icmp { get; init; }

    /// <summary>How it ends the trace; null for a hop on the way.</summary>
    public Ending? Ending { get; init; }

    /// <summary>Whether somebody on the way had changed the packet; null where the quote does not show it.</summary>
    public bool? Altered { get; init; }
}

/// <summary>How a trace ended.</summary>
/// <param name="Word">A fixed word, such as <c>syn_ack</c> or a reason.</param>
/// <param name="By">Who ended it.</param>
/// <param name="Failure">What it means for the run; null when the target was reached.</param>
internal sealed record Ending(string Word, IPAddress By, Failure? Failure = null)
{
    public bool IsReached => Failure is null;
}

/// <summary>What is known of one hop.</summary>
/// <param name="distance">How many hops away it is.</param>
internal sealed class Hop(int distance)
{
    // No router has as many; who forges answers shall not fill the memory with them.
    private const int MostAddresses = 16;

    private readonly List<Shot> shots = [];

    public int Distance => distance;

    /// <summary>Who answered, in the order of their first answers.</summary>
    public List<IPAddress> Addresses { get; } = [];

    /// <summary>Round trips in the order they came back.</summary>
    public List<TimeSpan> Rtts { get; } = [];

    /// <summary>Of the last answer: the hops it had left, its type and code, the labels it told.</summary>
    public Reply? Last { get; private set; }

    /// <summary>What went there, but for what nobody can tell about.</summary>
    public IReadOnlyList<Shot> Shots => shots;

    public int Sent => shots.Count;

    public int Answered { get; private set; }

    public bool IsSilent => Addresses.Count == 0;

    public void Add(Shot shot) => shots.Add(shot);

    /// <summary>Takes a shot back that nobody can tell about.</summary>
    public void Void(Shot shot) => shots.Remove(shot);

    /// <summary>Takes an answer to one of its shots; a second one to the same shot adds only who sent it.</summary>
    public void Hear(Shot shot, Reply reply)
    {
        if (!Addresses.Contains(reply.From) && Addresses.Count < MostAddresses) Addresses.Add(reply.From);
        Last = reply;
        if (shot.IsAnswered) return;
        shot.IsAnswered = true;
        Answered++;
        Rtts.Add(shot.SentAt.Until(reply.Arrived, reply.Read));
    }
}
