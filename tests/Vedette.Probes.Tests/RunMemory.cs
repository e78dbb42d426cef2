namespace Vedette.Probes.Tests;

/// <summary>
/// What one run holds of managed memory, whatever its peer sends. The whole process is measured, so that tests of it belong to <see cref="Deadlines"/>, and
/// what a peer in it takes counts as the run's. What is garbage does not count: a peer that goes on makes as much of it as there is time.
/// </summary>
internal static class RunMemory
{
    private const long Most = 4 * 1024 * 1024;

    // A short run is repeated for them; half a second has room for twice as many.
    private const int FewestLooks = 20;

    // To look all the time would leave the run none to be flooded in.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    /// <summary>Runs, and looks again and again at what is alive beyond what was alive before; the last that was seen.</summary>
    public static async Task<Observation> StaysWithinAsync(Func<Task<Observation>> run)
    {
        var (before, most, looks) = (Alive(), 0L, 0);
        using var over = new CancellationTokenSource();
        var looking = Task.Factory.StartNew(
            () =>
            {
                for (; !over.Token.WaitHandle.WaitOne(Pace); Interlocked.Increment(ref looks)) most = Math.Max(most, Alive());
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Observation seen;
        do seen = await run();
        while (Volatile.Read(ref looks) < FewestLooks);
        await over.CancelAsync();
        await looking;
        (most - before).ShouldBeLessThan(Most, seen.Message);
        return seen;
    }

    /// <summary>What is alive now, in bytes.</summary>
    public static long Alive()
    {
        // What only waits to be finalized is garbage, too.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        var collected = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        return collected.HeapSizeBytes - collected.FragmentedBytes;
    }
}
