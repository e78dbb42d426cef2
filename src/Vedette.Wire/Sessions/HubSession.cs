namespace Vedette.Wire;

/// <summary>
/// The hub's side of one connection as a state machine: frames in, effects out, no I/O and no clock. It lets through only what
/// follows without a hole on what came before; what is stored already is told apart at the commit, by the cursor.
/// </summary>
public sealed class HubSession
{
    private const int EpochBytes = 16;
    private const int LongestName = 64;
    private const int LongestCause = 64;

    private bool needed;

    /// <summary>The agent's name; empty before its hello.</summary>
    public string Agent { get; private set; } = "";

    /// <summary>The stream it counts in, in hexadecimal; empty before its hello.</summary>
    public string Epoch { get; private set; } = "";

    /// <summary>Whether <see cref="Welcome"/> was said.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The next sequence number that fits.</summary>
    public ulong Expected { get; private set; }

    /// <summary>Takes the agent, whose stream is stored up to here.</summary>
    public HubFrame Welcome(ulong committedSeq, TimeSpan heartbeat)
    {
        IsOpen = true;
        Expected = committedSeq + 1;
        return new() { Welcome = new() { CommittedSeq = committedSeq, HeartbeatSeconds = (uint)heartbeat.TotalSeconds } };
    }

    /// <summary>Takes a frame from the agent.</summary>
    public HubEffect Receive(AgentFrame frame) => (IsOpen, frame.BodyCase) switch
    {
        (false, AgentFrame.BodyOneofCase.Hello) when Agent.Length == 0 => Hello(frame.Hello),
        (true, AgentFrame.BodyOneofCase.Batch) => Batch(frame.Batch),
        (true, AgentFrame.BodyOneofCase.Gap) => Gap(frame.Gap),
        (true, AgentFrame.BodyOneofCase.Heartbeat) => new HubEffect.Nothing(),
        (_, AgentFrame.BodyOneofCase.Goodbye) => new HubEffect.Left(),
        _ => new HubEffect.Broken($"the agent sent {frame.BodyCase} out of turn"),
    };

    private HubEffect Hello(Hello hello)
    {
        if (hello.Version != AgentSession.Version) return new HubEffect.Broken($"the agent speaks version {hello.Version} of the contract; this hub speaks {AgentSession.Version}");
        if (hello.Epoch.Length != EpochBytes) return new HubEffect.Broken($"the agent's stream is named by {hello.Epoch.Length} bytes instead of {EpochBytes}");
        if (hello.Agent.Length is 0 or > LongestName || hello.Agent.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            return new HubEffect.Broken("the agent's name is not one");
        Agent = hello.Agent;
        Epoch = Convert.ToHexStringLower(hello.Epoch.Span);
        return new HubEffect.Joined();
    }

    private HubEffect Batch(ResultBatch batch)
    {
        if (BatchDecoder.Refuse(batch) is { } problem) return new HubEffect.Broken(problem);
        var last = batch.FirstSeq + (ulong)BatchDecoder.Count(batch) - 1;
        return Advance(batch.FirstSeq, last) ?? new HubEffect.Results(batch, last);
    }

    private HubEffect Gap(Gap gap)
    {
        if (gap.FirstSeq == 0 || gap.LastSeq < gap.FirstSeq || gap.LastSeq > ulong.MaxValue / 2) return new HubEffect.Broken("a gap has no sequence numbers");
        if (gap.Cause.Length > LongestCause) return new HubEffect.Broken($"the cause of a gap is longer than {LongestCause} characters");
        return Advance(gap.FirstSeq, gap.LastSeq) ?? new HubEffect.Missing(gap.FirstSeq, gap.LastSeq, gap.Cause);
    }

    // A hole is asked for once; until it is filled, everything after it is let fall, because it will come again.
    private HubEffect? Advance(ulong first, ulong last)
    {
        if (first > Expected)
        {
            if (needed) return new HubEffect.Nothing();
            needed = true;
            return new HubEffect.Reply(new() { Need = new() { FromSeq = Expected } });
        }

        needed = false;
        Expected = Math.Max(Expected, last + 1);
        return null;
    }
}

/// <summary>What a frame from the agent makes the hub do.</summary>
public abstract record HubEffect
{
    /// <summary>Nothing.</summary>
    public sealed record Nothing : HubEffect;

    /// <summary>The agent said who it is: find its cursor and welcome it, or refuse it.</summary>
    public sealed record Joined : HubEffect;

    /// <summary>Results to store, up to a sequence number.</summary>
    public sealed record Results(ResultBatch Batch, ulong LastSeq) : HubEffect;

    /// <summary>Results that will never come.</summary>
    public sealed record Missing(ulong FirstSeq, ulong LastSeq, string Cause) : HubEffect;

    /// <summary>A frame to send back.</summary>
    public sealed record Reply(HubFrame Frame) : HubEffect;

    /// <summary>The agent says goodbye.</summary>
    public sealed record Left : HubEffect;

    /// <summary>The agent broke the contract: refuse it with these words and end the connection.</summary>
    public sealed record Broken(string Problem) : HubEffect;
}
