namespace Vedette.Probes.Ntp;

/// <summary>What one answer says of the two clocks (RFC 5905 section 8), in seconds.</summary>
/// <param name="Offset">How far this host's clock is behind the server's; negative when it is ahead.</param>
/// <param name="Delay">The round trip without the time the server took.</param>
internal readonly record struct NtpSample(double Offset, double Delay)
{
    // A read of this host's clock is good to about this much; so much the stamps of both sides may contradict each other.
    private const double OwnPrecision = 1e-6;

    /// <summary>Measures.</summary>
    /// <param name="sent">T1: when this host's clock says that the request went.</param>
    /// <param name="elapsed">T4 - T1, by a clock that nobody sets.</param>
    /// <param name="answer">T2 and T3.</param>
    public static NtpSample Take(NtpTimestamp sent, TimeSpan elapsed, NtpPacket answer)
    {
        var roundTrip = elapsed.TotalSeconds;
        var serverTime = answer.Transmit.SecondsSince(answer.Receive);

        // ((T2 - T1) + (T3 - T4)) / 2, with T4 - T1 and T3 - T2 taken out: the one difference between clocks is taken in whole numbers, for it may be
        // decades, and the others are small. Stamps that contradict each other a little leave at least as much in doubt.
        var offset = answer.Receive.SecondsSince(sent) + ((serverTime - roundTrip) / 2);
        return new(offset, Math.Max(Math.Abs(roundTrip - serverTime), Precision(answer)));
    }

    /// <summary>Whether the times of the answer can be true: the server cannot have taken longer than the whole round trip, nor less than no time.</summary>
    public static bool IsPossible(TimeSpan elapsed, NtpPacket answer)
    {
        var (serverTime, slack) = (answer.Transmit.SecondsSince(answer.Receive), Slack(answer));
        return serverTime >= -slack && serverTime <= elapsed.TotalSeconds + slack;
    }

    private static double Precision(NtpPacket answer) => Math.Max(OwnPrecision, Math.ScaleB(1, Math.Min(answer.Precision, 0)));

    // Both clocks drift, one is being slewed perhaps, and a server may stamp its answer a little before it goes.
    private static double Slack(NtpPacket answer) => Precision(answer) + 1e-3;
}
