namespace Vedette.Probes.Ntp;

/// <summary>What a check demands of a server.</summary>
/// <param name="Samples">How many questions one run asks.</param>
/// <param name="MaxOffset">How far the clocks may be apart; null for any distance.</param>
/// <param name="MaxStratum">How far the server may be from a primary source.</param>
internal sealed record NtpTerms(int Samples, TimeSpan? MaxOffset, int MaxStratum)
{
    // RFC 5905 sections 11.2.1 and 11.2.3, MAXDIST: no client follows a server that may be further off than this.
    private const double MostRootDistance = 1;

    // A server that follows another hears of it at least every 36 h (RFC 5905 section 7.2, MAXPOLL), most of them every few minutes.
    private static readonly TimeSpan MostReferenceAge = TimeSpan.FromDays(1);

    public static NtpTerms From(OptionValues options) => new(options.Integer("samples")!.Value, options.Duration("maxOffset"), options.Integer("maxStratum")!.Value);

    /// <summary>How far the server may be off by its own account (RFC 5905 section 11.1, the root distance without our part).</summary>
    public static double RootDistance(NtpPacket answer) => (answer.RootDelay / 2) + answer.RootDispersion;

    /// <summary>How long before its answer the server's clock was last set, by that clock; null when it does not say.</summary>
    public static double? ReferenceAge(NtpPacket answer) => answer.Reference.IsZero ? null : answer.Transmit.SecondsSince(answer.Reference);

    /// <summary>Why the server of an answer is none to take the time from (RFC 5905 sections 7.3 and A.5.2); null when it is one.</summary>
    public Failure? Refuse(NtpPacket answer, TimeSpan after)
    {
        // RFC 5905 figure 11: 16 is "unsynchronized", and goes over the wire as 0; then there is no kiss code either.
        if (answer.Leap == 3 || answer.Stratum is 0 or > 15) return Failure.Down(NtpReasons.Unsynchronized, $"the server says that its clock is not synchronized (leap {answer.Leap}, stratum {answer.Stratum})");
        if (answer.RootDelay < 0) return Failure.Down(Reasons.ProtocolError, $"the server claims a negative root delay of {Durations.Round(answer.RootDelay)}");
        if (ReferenceAge(answer) < 0) return Failure.Down(Reasons.ProtocolError, "the server says that its clock was last set in its own future");
        if (!NtpSample.IsPossible(after, answer)) return Failure.Down(Reasons.ProtocolError, "the server says that answering took it less than no time or longer than the whole round trip");
        if (RootDistance(answer) is >= MostRootDistance and var distance) return Failure.Down(NtpReasons.RootDistance, $"the server may be off by {Durations.Round(distance)} by its own account; no client follows beyond 1 s");
        return answer.Stratum > MaxStratum ? Failure.Down(NtpReasons.Stratum, $"the server is at stratum {answer.Stratum}, and {MaxStratum} is the most that is wanted") : null;
    }

    /// <summary>In words how far the clocks are apart, when that is beyond doubt more than is wanted; else null.</summary>
    /// <param name="offset">How far this host's clock is behind, in seconds.</param>
    /// <param name="uncertainty">How far that may be wrong.</param>
    public string? RefuseOffset(double offset, double uncertainty)
    {
        if (MaxOffset is not { } most || Math.Abs(offset) - uncertainty <= most.TotalSeconds) return null;
        var side = offset < 0 ? "ahead of" : "behind";
        return $"the clock here is {Durations.Round(Math.Abs(offset))} {side} the server, give or take {Durations.Round(uncertainty)}, and {Durations.Format(most)} is the most that is wanted";
    }

    /// <summary>Why a good answer is still to be looked at, or null.</summary>
    public static string? Doubt(NtpPacket answer) => ReferenceAge(answer) switch
    {
        null => "the server does not say when its clock was last set",
        { } age when age > MostReferenceAge.TotalSeconds => $"the server's clock was last set {Durations.Round(age)} ago",
        _ => null,
    };
}
