using System.Net;

namespace Vedette.Probes.Icmp;

/// <summary>The requests of one run. The run, whoever sends, and the thread that reads meet here.</summary>
internal sealed class Flight(EchoStream stream)
{
    private readonly Lock gate = new();
    private readonly List<Echo> echoes = [];
    private readonly TaskCompletionSource landed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int settled;
    private bool complete;
    private bool over;

    public EchoStream Stream => stream;

    /// <summary>Completes when every request is settled, or the run is over.</summary>
    public Task Landed => landed.Task;

    /// <summary>In the order they were sent. Final once <see cref="Landed"/> is complete.</summary>
    public IReadOnlyList<Echo> Echoes => echoes;

    /// <summary>Nobody waits for its requests any more.</summary>
    public bool IsOver => Volatile.Read(ref over);

    public bool AnyRefused
    {
        get
        {
            lock (gate) return echoes.Exists(echo => echo.Refused is not null);
        }
    }

    public Echo Add(IPAddress target, EchoTerms terms, ushort id, ushort sequence, ulong nonce)
    {
        var echo = new Echo(this, target, terms, id, sequence, nonce);
        lock (gate) echoes.Add(echo);
        return echo;
    }

    /// <summary>No further request will be added.</summary>
    public void Complete()
    {
        lock (gate)
        {
            complete = true;
            LandIfSettled();
        }
    }

    /// <summary>Ends the run: what comes from now on is late.</summary>
    public void End()
    {
        lock (gate) Land();
    }

    public void Answer(Echo echo, TimeSpan rtt, int? hopLimit)
    {
        lock (gate)
        {
            if (over) stream.CountAfterwards(echo);
            else if (echo.Rtt is not null) echo.Duplicates++;
            if (over || echo.IsSettled) return;
            (echo.Rtt, echo.HopLimit) = (rtt, hopLimit);
            Settle();
        }
    }

    public void Fail(Echo echo, EchoError error)
    {
        lock (gate)
        {
            if (over || echo.IsSettled) return;
            echo.Error = error;
            Settle();
        }
    }

    public void Refuse(Echo echo, Failure failure)
    {
        lock (gate)
        {
            if (over || echo.IsSettled) return;
            echo.Refused = failure;
            Settle();
        }
    }

    private void Settle()
    {
        settled++;
        LandIfSettled();
    }

    private void LandIfSettled()
    {
        if (complete && settled == echoes.Count) Land();
    }

    private void Land()
    {
        over = true;
        landed.TrySetResult();
    }
}
