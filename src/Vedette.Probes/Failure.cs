namespace Vedette.Probes;

/// <summary>Why a step of a run did not succeed, ready to conclude the run with.</summary>
/// <param name="Status"><see cref="Vedette.Status.Down"/> when the target did it, <see cref="Vedette.Status.Degraded"/> when that may wait, <see cref="Vedette.Status.Unknown"/> when we could not measure.</param>
/// <param name="Reason">A word of <see cref="Reasons"/>.</param>
/// <param name="Message">One sentence.</param>
internal readonly record struct Failure(Status Status, string Reason, string Message)
{
    /// <summary>The target's doing.</summary>
    public static Failure Down(string reason, string message) => new(Status.Down, reason, message);

    /// <summary>Not measured.</summary>
    public static Failure Unknown(string reason, string message) => new(Status.Unknown, reason, message);

    /// <summary>What a fired <see cref="RunContext.Cancellation"/> means: the deadline, or the run was given up.</summary>
    public static Failure CutShort(RunContext run, string doing)
    {
        var cut = run.CutShort(new Observation(), doing);
        return new(cut.Status, cut.Reason!, cut.Message!);
    }

    /// <summary>Concludes the run with it.</summary>
    public Observation ApplyTo(Observation observation) => Status switch
    {
        Status.Down => observation.Down(Reason, Message),
        Status.Degraded => observation.Degraded(Reason, Message),
        _ => observation.Unknown(Reason, Message),
    };
}
