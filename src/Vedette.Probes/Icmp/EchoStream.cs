using System.Security.Cryptography;

namespace Vedette.Probes.Icmp;

/// <summary>All requests of one check: their identifier, their sequence numbers, and what came after the run that it belonged to.</summary>
internal sealed class EchoStream
{
    // A firewall or address translator that has lost or spoiled the state of a flow goes on dropping it while the identifier stays the same.
    private const int FailuresPerId = 3;

    private readonly StreamIds ids;
    private int sequence = RandomNumberGenerator.GetInt32(1 << 16);
    private int failures;
    private int late;
    private int duplicates;

    public EchoStream(StreamIds ids)
    {
        this.ids = ids;
        Id = ids.Take(this);
    }

    public ushort Id { get; private set; }

    public ushort NextSequence() => (ushort)Interlocked.Increment(ref sequence);

    /// <summary>A run ended; after several failed ones in a row the next has another identifier.</summary>
    public void Ended(bool failed)
    {
        failures = failed ? failures + 1 : 0;
        if (failures < FailuresPerId) return;
        failures = 0;
        var old = Id;
        Id = ids.Take(this);
        ids.Free(old);
    }

    /// <summary>A reply came after its run: late when it is the request's first, otherwise a duplicate.</summary>
    public void CountAfterwards(Echo echo)
    {
        if (echo.IsSettled || echo.AnsweredLate) Interlocked.Increment(ref duplicates);
        else Interlocked.Increment(ref late);
        echo.AnsweredLate = true;
    }

    /// <summary>What was counted since the last time.</summary>
    public (int Late, int Duplicates) TakeCounts() => (Interlocked.Exchange(ref late, 0), Interlocked.Exchange(ref duplicates, 0));
}

/// <summary>
/// Identifiers of the live streams, each in use once. Random, never the process id: in a container that is always 1, and two programs behind
/// one address translator meet. A stream that is gone frees its own.
/// </summary>
internal sealed class StreamIds
{
    private const int Tries = 1000;

    private readonly Lock gate = new();
    private readonly Dictionary<ushort, WeakReference<EchoStream>> taken = [];

    /// <summary>An identifier no live stream has; a shared one only when there are about as many streams as identifiers.</summary>
    public ushort Take(EchoStream stream)
    {
        lock (gate)
        {
            var id = Draw();
            for (var tries = 0; tries < Tries && IsAlive(id); tries++) id = Draw();
            taken[id] = new(stream);
            return id;
        }
    }

    public void Free(ushort id)
    {
        lock (gate) taken.Remove(id);
    }

    private bool IsAlive(ushort id) => taken.TryGetValue(id, out var owner) && owner.TryGetTarget(out _);

    private static ushort Draw() => (ushort)RandomNumberGenerator.GetInt32(1 << 16);
}
