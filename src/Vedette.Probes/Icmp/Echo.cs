using System.Diagnostics;
using System.Net;

namespace Vedette.Probes.Icmp;

/// <summary>One request on its way.</summary>
internal sealed class Echo(IPAddress target, byte[] payload)
{
    private readonly TaskCompletionSource<Failure?> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int replies;

    public IPAddress Target => target;
    public byte[] Payload => payload;
    public long Sent { get; set; }
    public TimeSpan Rtt { get; private set; }
    public int Duplicates => Math.Max(0, Volatile.Read(ref replies) - 1);

    /// <summary>Null once a valid reply came, otherwise what an error message or another address said.</summary>
    public Task<Failure?> Done => done.Task;

    /// <summary>The time to live that the reply had left; null where the socket does not tell.</summary>
    public int? HopLimit { get; private set; }

    public void Answer(int? hopLimit)
    {
        if (Interlocked.Increment(ref replies) > 1) return;
        HopLimit = hopLimit;
        Rtt = Stopwatch.GetElapsedTime(Sent);
        done.TrySetResult(null);
    }

    public void Fail(Failure failure) => done.TrySetResult(failure);
}
