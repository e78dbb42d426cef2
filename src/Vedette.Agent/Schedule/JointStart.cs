using System.Runtime.CompilerServices;

namespace Vedette.Agent;

/// <summary>
/// What awaits it begins when it is told to: many on each thread of the pool, because waking a thread for each costs more than many a run does. For one
/// thread at a time but for <see cref="Go"/>.
/// </summary>
internal sealed class JointStart : ICriticalNotifyCompletion
{
    // So that a thousand that begin at once still use every core.
    private const int MostOnOneThread = 32;

    private List<Action> waiting = [];

    /// <summary>Never: whoever waits goes on elsewhere.</summary>
    public bool IsCompleted => false;

    /// <summary>Makes this something to await.</summary>
    public JointStart GetAwaiter() => this;

    /// <summary>There is nothing to give.</summary>
    public void GetResult()
    {
        // An awaiter has to have it.
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => waiting.Add(continuation);

    /// <summary>Takes all that wait; they begin with <see cref="Go"/>.</summary>
    public List<Action> Take()
    {
        var taken = waiting;
        if (taken.Count > 0) waiting = [];
        return taken;
    }

    /// <summary>Lets them begin: the first of them on this thread, which may hold no lock.</summary>
    public static void Go(List<Action> taken)
    {
        for (var first = MostOnOneThread; first < taken.Count; first += MostOnOneThread)
            ThreadPool.UnsafeQueueUserWorkItem(static part => Begin(part.taken, part.first), (taken, first), preferLocal: false);
        Begin(taken, 0);
    }

    private static void Begin(List<Action> taken, int first)
    {
        var end = Math.Min(first + MostOnOneThread, taken.Count);
        for (var i = first; i < end; i++) taken[i]();
    }
}
