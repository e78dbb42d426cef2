namespace Vedette.Probes.Traceroute;

/// <summary>
/// The course of one trace, without sockets: which packet goes next and when, what answers mean, and when it is over. Hops are asked a few at a time,
/// nearest first; one that does not answer is asked again, then passed over.
/// </summary>
/// <param name="terms">How far and how often.</param>
/// <param name="patience">How long to wait for an answer of which nothing is known yet.</param>
/// <param name="oneByOne">Whether only one packet may be under way at a time from the first on.</param>
internal sealed class Trace(TraceTerms terms, TimeSpan patience, bool oneByOne = false)
{
    /// <summary>Between two packets: hosts answer with errors only so often (RFC 1812 section 4.3.2.8).</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(20);

    /// <summary>How many hops beyond the nearest one that is not settled may be asked already.</summary>
    public const int Ahead = 3;

    /// <summary>How often a hop is asked before it is taken for silent.</summary>
    public const int Attempts = 3;

    /// <summary>So many silent hops in a row, and there is no sense in going on.</summary>
    public const int MostSilent = 5;

    // A hop nearer than one that answered need not be waited for much longer than for that one.
    private const int Slack = 10;
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(250);

    private readonly List<Hop> hops = [.. Enumerable.Range(1, terms.MaxHops).Select(distance => new Hop(distance))];
    private readonly List<Shot> shots = [];
    private TimeSpan slowest;
    private int farthest;

    /// <summary>The earliest time for the next packet.</summary>
    public TimeSpan NotBefore { get; private set; }

    /// <summary>Only one packet is under way at a time, because an answer did not tell which one it was about.</summary>
    public bool OneByOne { get; private set; } = oneByOne;

    /// <summary>How it ended, as far as anybody said so.</summary>
    public Ending? Ending { get; private set; }

    /// <summary>Where it ended: the hops up to there are what counts.</summary>
    public int Last { get; private set; } = terms.MaxHops;

    /// <summary>The farthest hop that answered; 0 when none did.</summary>
    public int Farthest => Math.Min(farthest, Last);

    /// <summary>The hops up to the end, and no farther than anything was sent.</summary>
    public IReadOnlyList<Hop> Hops => hops.GetRange(0, Math.Min(Last, hops.FindLastIndex(hop => hop.Sent > 0) + 1));

    /// <summary>Whether quotes showed that packets were changed on the way; null while none could show it.</summary>
    public bool? Altered { get; private set; }

    /// <summary>So many hops in a row did not answer that it ends with them.</summary>
    public bool IsLost(TimeSpan now) => Ending is null && Front(now) - 1 - farthest >= MostSilent;

    /// <summary>Whether there is nothing left to send or to wait for.</summary>
    public bool IsOver(TimeSpan now) => IsLost(now) || hops.Take(Last).All(hop => IsSettled(hop, now) && !Wants(hop, now) && !IsAwaited(hop, now));

    /// <summary>How many hops the next packet may take; null when it is not time for one yet.</summary>
    public int? Next(TimeSpan now) => now < NotBefore || (OneByOne && IsAwaitingAny(now)) ? null : Wanting(now)?.Distance;

    /// <summary>When to look again if nothing arrives.</summary>
    public TimeSpan Due(TimeSpan now)
    {
        if (!(OneByOne && IsAwaitingAny(now)) && Wanting(now) is not null) return NotBefore;
        var expiries = shots.Where(shot => IsAwaited(shot, now)).Select(shot => shot.At + Patience(shot.HopLimit));
        return expiries.DefaultIfEmpty(now).Min();
    }

    /// <summary>Counts a packet that is about to go.</summary>
    public Shot Fire(int distance, TimeSpan now)
    {
        var shot = new Shot(shots.Count, distance, now);
        shots.Add(shot);
        hops[distance - 1].Add(shot);
        NotBefore = now + Gap;
        return shot;
    }

    /// <summary>Takes an answer. One that does not tell its packet counts when only one is under way; otherwise from now on they go one by one.</summary>
    public void Hear(Reply reply, TimeSpan now)
    {
        var shot = reply.Shot is { } index ? shots.ElementAtOrDefault(index) : OnlyAwaited(now);
        if (shot is null && reply.Shot is null) Doubt(now);
        if (shot is null || shot.IsVoid) return;
        hops[shot.HopLimit - 1].Hear(shot, reply);
        farthest = Math.Max(farthest, shot.HopLimit);
        slowest = hops[shot.HopLimit - 1].Rtts[^1] is var rtt && rtt > slowest ? rtt : slowest;
        if (reply.Altered is { } altered) Altered = altered || Altered == true;
        if (reply.Ending is { } ending) End(ending, shot.HopLimit);
    }

    // To have reached the target outdoes a refusal, whichever comes first; of two alike, the nearer.
    private void End(Ending ending, int distance)
    {
        if (Ending is { } known && (known.IsReached != ending.IsReached ? known.IsReached : distance >= Last)) return;
        (Ending, Last) = (ending, distance);
    }

    private Shot? OnlyAwaited(TimeSpan now)
    {
        var awaited = shots.Where(shot => IsAwaited(shot, now)).Take(2).ToList();
        return awaited.Count == 1 ? awaited[0] : null;
    }

    // What is under way may be answered as vaguely, so that nothing goes before its time is up.
    private void Doubt(TimeSpan now)
    {
        OneByOne = true;
        foreach (var shot in shots.Where(shot => IsAwaited(shot, now)))
        {
            shot.IsVoid = true;
            hops[shot.HopLimit - 1].Void(shot);
            if (shot.At + patience > NotBefore) NotBefore = shot.At + patience;
        }
    }

    // A hop that nothing is known of goes before another packet to one that has answered.
    private Hop? Wanting(TimeSpan now)
    {
        var most = Math.Min(Last, Front(now) + Ahead);
        Hop? again = null;
        foreach (var hop in hops.Take(most).Where(hop => Wants(hop, now)))
        {
            if (hop.Answered == 0) return hop;
            again ??= hop;
        }

        return again;
    }

    // The nearest hop that nobody knows about yet.
    private int Front(TimeSpan now) => hops.Take(Last).FirstOrDefault(hop => !IsSettled(hop, now))?.Distance ?? Last + 1;

    private bool Wants(Hop hop, TimeSpan now) =>
        hop.Answered > 0 ? hop.Sent < terms.Queries : hop.Sent < Attempts && !IsAwaited(hop, now);

    private bool IsSettled(Hop hop, TimeSpan now) => hop.Answered > 0 || (hop.Sent >= Attempts && !IsAwaited(hop, now));

    private bool IsAwaited(Hop hop, TimeSpan now) => hop.Sent > hop.Answered && hop.Shots.Any(shot => IsAwaited(shot, now));

    private bool IsAwaited(Shot shot, TimeSpan now) => !shot.IsAnswered && !shot.IsVoid && now < shot.At + Patience(shot.HopLimit);

    private bool IsAwaitingAny(TimeSpan now) => shots.Exists(shot => IsAwaited(shot, now));

    private TimeSpan Patience(int distance)
    {
        if (distance > farthest) return patience;
        var known = slowest * Slack;
        known = known < LeastPatience ? LeastPatience : known;
        return known < patience ? known : patience;
    }
}
