using Google.Protobuf;

namespace Vedette.Wire;

/// <summary>
/// The agent's side of one connection as a state machine: frames in, frames and effects out, no I/O and no clock.
/// It keeps how far results were sent and stored; the results themselves are its owner's.
/// </summary>
/// <param name="agent">The agent's name.</param>
/// <param name="epoch">The 16 bytes that name its stream of results.</param>
public sealed class AgentSession(string agent, ReadOnlyMemory<byte> epoch)
{
    /// <summary>The version of the contract that this program speaks.</summary>
    public const uint Version = 1;

    private const int MostChecks = 100_000;

    private ulong lastSent;
    private Assignment? begun;

    /// <summary>Whether the hub took this agent.</summary>
    public bool IsWelcome { get; private set; }

    /// <summary>Everything up to here is durable at the hub.</summary>
    public ulong Committed { get; private set; }

    /// <summary>The sequence number to send next.</summary>
    public ulong NextSeq { get; private set; }

    /// <summary>How many results are on their way.</summary>
    public ulong InFlight => NextSeq == 0 ? 0 : NextSeq - 1 - Committed;

    /// <summary>The first frame of the connection.</summary>
    /// <param name="firstSeq">The oldest result still held, or the next to come.</param>
    /// <param name="lastSeq">The newest result held; 0 before the first.</param>
    public AgentFrame Hello(ulong firstSeq, ulong lastSeq) => new()
    {
        Hello = new() { Version = Version, Agent = agent, Epoch = ByteString.CopyFrom(epoch.Span), FirstSeq = firstSeq, LastSeq = lastSeq },
    };

    /// <summary>Notes that results up to this number went out, as a batch or as a gap.</summary>
    public void Sent(ulong lastSeq)
    {
        NextSeq = lastSeq + 1;
        lastSent = Math.Max(lastSent, lastSeq);
    }

    /// <summary>Takes a frame from the hub.</summary>
    /// <param name="frame">What came.</param>
    /// <param name="lastAppended">The newest result the agent has given a number.</param>
    public AgentEffect Receive(HubFrame frame, ulong lastAppended) => (IsWelcome, frame.BodyCase) switch
    {
        (_, HubFrame.BodyOneofCase.Refusal) => new AgentEffect.Refused(frame.Refusal.Message, TimeSpan.FromSeconds(frame.Refusal.RetryAfterSeconds)),
        (_, HubFrame.BodyOneofCase.Goodbye) => new AgentEffect.Ended(TimeSpan.FromSeconds(frame.Goodbye.SpreadSeconds)),
        (false, HubFrame.BodyOneofCase.Welcome) => Welcome(frame.Welcome, lastAppended),
        (true, HubFrame.BodyOneofCase.Assignment) => Assign(frame.Assignment),
        (true, HubFrame.BodyOneofCase.Ack) => Acknowledge(frame.Ack.CommittedSeq),
        (true, HubFrame.BodyOneofCase.Need) => SendAgain(frame.Need.FromSeq),
        (true, HubFrame.BodyOneofCase.Heartbeat) => new AgentEffect.Nothing(),
        _ => new AgentEffect.Broken($"the hub sent {frame.BodyCase} out of turn"),
    };

    private AgentEffect Welcome(Welcome welcome, ulong lastAppended)
    {
        if (welcome.CommittedSeq > lastAppended) return new AgentEffect.Broken("the hub has stored more of this stream than was ever in it");
        IsWelcome = true;
        Committed = lastSent = welcome.CommittedSeq;
        NextSeq = welcome.CommittedSeq + 1;
        return new AgentEffect.Acknowledged(Committed);
    }

    private AgentEffect Assign(Assignment part)
    {
        if (begun is null) begun = part;
        else begun.MergeFrom(part);
        if (begun.Checks.Count + begun.Removed.Count > MostChecks) return new AgentEffect.Broken($"the hub assigned more than {MostChecks} checks");
        if (part.More) return new AgentEffect.Nothing();
        (var whole, begun) = (begun, null);
        return new AgentEffect.Assigned(whole);
    }

    private AgentEffect Acknowledge(ulong committed)
    {
        if (committed < Committed || committed > lastSent) return new AgentEffect.Broken("the hub acknowledged what was not sent");
        Committed = committed;
        return new AgentEffect.Acknowledged(committed);
    }

    private AgentEffect SendAgain(ulong from)
    {
        if (from <= Committed || from > lastSent + 1) return new AgentEffect.Broken("the hub asked for what it has, or what was never sent");
        NextSeq = from;
        return new AgentEffect.Nothing();
    }
}

/// <summary>What a frame from the hub makes the agent do.</summary>
public abstract record AgentEffect
{
    /// <summary>Nothing beyond what the session keeps.</summary>
    public sealed record Nothing : AgentEffect;

    /// <summary>Results up to here need no longer be held.</summary>
    public sealed record Acknowledged(ulong CommittedSeq) : AgentEffect;

    /// <summary>Other checks are to be run.</summary>
    public sealed record Assigned(Assignment Assignment) : AgentEffect;

    /// <summary>The hub does not take this agent now.</summary>
    public sealed record Refused(string Message, TimeSpan RetryAfter) : AgentEffect;

    /// <summary>The hub is going; come back within this time.</summary>
    public sealed record Ended(TimeSpan Spread) : AgentEffect;

    /// <summary>The hub broke the contract: end the connection and start a new one.</summary>
    public sealed record Broken(string Problem) : AgentEffect;
}
