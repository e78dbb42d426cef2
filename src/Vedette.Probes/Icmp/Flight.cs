using System.Net;
using System.Threading.Tasks.Sources;

namespace Vedette.Probes.Icmp;

/// <summary>
/// The requests of one run. The run, whoever sends, and the thread that reads meet here. What settles the last of them tells so by true; who did that
/// sees to <see cref="Announce"/>, on whose thread the run goes on.
/// </summary>
internal sealed class Flight(EchoStream stream) : IValueTaskSource
{
    // Its own gate, and mostly of one: there may be many flights, and those of the last seconds all live.
    private readonly List<Echo> echoes = new(1);
    private ManualResetValueTaskSourceCore<bool> landed;
    private Failure? refusal;
    private int settled;
    private bool complete;
    private bool over;

    public EchoStream Stream => stream;

    /// <summary>Completes when every request is settled, or the run is over. For one to await, once.</summary>
    public ValueTask Landed => new(this, landed.Version);

    /// <summary>In the order they were sent. Final once <see cref="Landed"/> is complete.</summary>
    public IReadOnlyList<Echo> Echoes => echoes;

    /// <summary>Nobody waits for its requests any more.</summary>
    public bool IsOver => Volatile.Read(ref over);

    /// <summary>Why this host did not send one of them, if it did not: it would refuse the others, too.</summary>
    public Failure? Refusal
    {
        get
        {
            lock (echoes) return refusal;
        }
    }

    public Echo Add(IPAddress target, EchoTerms terms, ushort id, ushort sequence, ulong nonce)
    {
        var echo = new Echo(this, target, terms, id, sequence, nonce);
        lock (echoes) echoes.Add(echo);
        return echo;
    }

    /// <summary>No further request will be added.</summary>
    public bool Complete()
    {
        lock (echoes)
        {
            complete = true;
            return LandIfSettled();
        }
    }

    /// <summary>Ends the run: what comes from now on is late.</summary>
    public bool End()
    {
        lock (echoes) return Land();
    }

    /// <summary>How many of its requests were awaited; none is any more. For the engine's thread.</summary>
    public int Dismiss()
    {
        lock (echoes)
        {
            var awaited = echoes.Count(echo => echo.IsAwaited);
            foreach (var echo in echoes) echo.IsAwaited = false;
            return awaited;
        }
    }

    /// <summary>Tells the run, which goes on before this returns.</summary>
    public void Announce() => landed.SetResult(true);

    public bool Answer(Echo echo, TimeSpan rtt, int? hopLimit)
    {
        lock (echoes)
        {
            if (over) stream.CountAfterwards(echo);
            else if (echo.Rtt is not null) echo.Duplicates++;
            if (over || echo.IsSettled) return false;
            (echo.Rtt, echo.HopLimit) = (rtt, hopLimit);
            return Settle();
        }
    }

    public bool Fail(Echo echo, EchoError error)
    {
        lock (echoes)
        {
            if (over || echo.IsSettled) return false;
            echo.Error = error;
            return Settle();
        }
    }

    public bool Refuse(Echo echo, Failure failure)
    {
        lock (echoes)
        {
            if (over || echo.IsSettled) return false;
            echo.Refused = failure;
            refusal ??= failure;
            return Settle();
        }
    }

    /// <inheritdoc/>
    public void GetResult(short token) => landed.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => landed.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        landed.OnCompleted(continuation, state, token, flags);

    private bool Settle()
    {
        settled++;
        return LandIfSettled();
    }

    private bool LandIfSettled() => complete && settled == echoes.Count && Land();

    private bool Land()
    {
        if (over) return false;
        over = true;
        return true;
    }
}
