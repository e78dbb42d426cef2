namespace Vedette;

/// <summary>One run's clock, deadline and cancellation. Every phase gets what the ones before it left.</summary>
/// <param name="Time">Wall and monotonic clock.</param>
/// <param name="StartTimestamp">The monotonic timestamp at which the run began.</param>
/// <param name="Timeout">How long the whole run may take.</param>
/// <param name="Cancellation">Fires at the deadline, and earlier when the agent gives the run up.</param>
public readonly record struct RunContext(TimeProvider Time, long StartTimestamp, TimeSpan Timeout, CancellationToken Cancellation)
{
    /// <summary>Time since the run began.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(StartTimestamp);

    /// <summary>Time left, never negative.</summary>
    public TimeSpan Remaining => Elapsed is var elapsed && elapsed < Timeout ? Timeout - elapsed : TimeSpan.Zero;

    /// <summary>
    /// Ends a run whose <see cref="Cancellation"/> fired: down by timeout if the deadline passed, otherwise unknown because it was given up.
    /// </summary>
    /// <param name="observation">What was seen so far.</param>
    /// <param name="doing">What it was doing, such as <c>waiting for the TLS handshake</c>.</param>
    public Observation CutShort(Observation observation, string doing)
    {
        // A timer may fire a few milliseconds early; the slack keeps such a run from looking cancelled.
        var expired = Elapsed + TimeSpan.FromMilliseconds(15) >= Timeout;
        return expired
            ? observation.Down(Reasons.Timeout, $"no answer within {Durations.Format(Timeout)} while {doing}")
            : observation.Unknown(Reasons.Cancelled, $"the run was given up while {doing}");
    }
}
