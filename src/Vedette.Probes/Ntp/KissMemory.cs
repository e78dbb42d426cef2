using System.Collections.Concurrent;
using System.Net;

namespace Vedette.Probes.Ntp;

/// <summary>
/// What servers said of being asked at all (kiss codes, RFC 5905 section 7.4), over the runs of all checks. After RATE the next question waits at least double
/// the time that lay between the last two, and double that again after each further one. DENY and RSTR say to stop; what they said stands for an hour,
/// for a monitor has to notice when it no longer holds.
/// </summary>
internal sealed class KissMemory
{
    public const string Rate = "RATE";

    private const int MostRemembered = 4096;

    // RFC 8633 section 3.3 and the public pools: no more often than every 64 s.
    private static readonly TimeSpan LeastHold = TimeSpan.FromSeconds(128);
    private static readonly TimeSpan MostHold = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<IPEndPoint, Word> words = new();

    /// <summary>What the run comes to without asking, when a word still stands.</summary>
    public Failure? Standing(IPEndPoint server, RunContext run) =>
        words.TryGetValue(server, out var word) && Left(word, run) is var left && left > TimeSpan.Zero ? Explain(server, word.Code, left) : null;

    /// <summary>Takes note of a code; what the run comes to.</summary>
    /// <param name="server">Who said it.</param>
    /// <param name="code">Its four letters.</param>
    /// <param name="gap">How long before this question the check's last one went; null when it was the first.</param>
    /// <param name="run">The run.</param>
    public Failure Remember(IPEndPoint server, string code, TimeSpan? gap, RunContext run)
    {
        if (code is not (Rate or "DENY" or "RSTR")) return Failure.Down(NtpReasons.Unsynchronized, $"{server} has no time to give (kiss code {code})");
        var hold = code == Rate ? HoldOff(server, gap ?? TimeSpan.Zero) : MostHold;
        if (words.Count >= MostRemembered) ForgetPast(run);
        if (words.Count < MostRemembered || words.ContainsKey(server)) words[server] = new(code, run.Time.GetTimestamp(), hold);
        return Explain(server, code, hold);
    }

    /// <summary>A server that gave its time limits no more.</summary>
    public void Forget(IPEndPoint server) => words.TryRemove(server, out _);

    private TimeSpan HoldOff(IPEndPoint server, TimeSpan gap)
    {
        var longer = words.TryGetValue(server, out var before) && before.Code == Rate ? before.Hold * 2 : LeastHold;
        if (longer > MostHold) longer = MostHold;
        return longer > gap * 2 ? longer : gap * 2;
    }

    private void ForgetPast(RunContext run)
    {
        foreach (var (server, word) in words)
            if (Left(word, run) <= TimeSpan.Zero) Forget(server);
    }

    private static TimeSpan Left(Word word, RunContext run) => word.Hold - run.Time.GetElapsedTime(word.At);

    private static Failure Explain(IPEndPoint server, string code, TimeSpan left)
    {
        var seconds = Durations.Format(TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds)));
        return code == Rate
            ? Failure.Unknown(NtpReasons.RateLimited, $"{server} asked for fewer requests (kiss code {code}), so it is not asked again for {seconds}; give the check a longer interval")
            : Failure.Down(NtpReasons.AccessDenied, $"{server} denies its service to this host (kiss code {code}), and is not asked again for {seconds}");
    }

    private sealed record Word(string Code, long At, TimeSpan Hold);
}
