using Vedette.Linux.Host;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tls;

/// <summary>When something is judged, by a clock that may be wrong.</summary>
/// <param name="Now">What the clock says.</param>
/// <param name="MostError">How far it may be off.</param>
/// <param name="IsUnsynced">Whether nothing keeps it right.</param>
internal readonly record struct Moment(DateTimeOffset Now, TimeSpan MostError, bool IsUnsynced)
{
    // The kernel stops counting at 16 s. A quartz that nobody corrects strays by 100 ppm, which is some four minutes in a month.
    private static readonly TimeSpan OfUnsynced = TimeSpan.FromMinutes(5);

    /// <summary>Now, by a clock of which the kernel says this; where it says nothing the clock is believed.</summary>
    public static Moment Of(DateTimeOffset now, HostClock? clock) => clock switch
    {
        null => new(now, TimeSpan.Zero, false),
        { IsSynchronized: true } kept => new(now, kept.MostError, false),
        _ => new(now, OfUnsynced, true),
    };

    /// <summary>The judgement of a rule, unless it fails what would not fail so had the clock been right. What is good is not doubted.</summary>
    public Property Judge(Func<DateTimeOffset, Property> rule)
    {
        var judged = rule(Now);
        if (judged.Problem is not { Status: Status.Down } problem || (Fails(Now - MostError) && Fails(Now + MostError))) return judged;
        var error = Durations.Round(MostError.TotalSeconds);
        return judged with { Problem = Failure.Unknown(Reasons.ClockUnsynced, $"this host's clock may be off by {error}, and that decides: {problem.Message}; have the clock synchronized") };

        bool Fails(DateTimeOffset then) => rule(then).Problem is { Status: Status.Down } other && other.Reason == problem.Reason;
    }
}
