namespace Vedette.Cli.Echo;

/// <summary>How badly a server behaves.</summary>
/// <param name="Delay">The wait before each answer.</param>
/// <param name="FailRate">The share of answers that fail, 0 to 1.</param>
/// <param name="Hangs">Never answers at all.</param>
internal sealed record Sickness(TimeSpan Delay, double FailRate, bool Hangs)
{
    /// <summary>Waits as long as the sickness says: for ever when it hangs.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        if (Hangs) return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        return Delay > TimeSpan.Zero ? Task.Delay(Delay, TimeProvider.System, cancellation) : Task.CompletedTask;
    }

    /// <summary>Whether this answer is one of the failing ones.</summary>
    public bool Fails() => FailRate > 0 && Random.Shared.NextDouble() < FailRate;
}
