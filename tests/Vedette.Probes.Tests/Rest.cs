namespace Vedette.Probes.Tests;

/// <summary>Waits until what earlier tests left behind has ended, such as a search that cannot be interrupted: it would be measured with what comes.</summary>
public sealed class Rest : IAsyncLifetime
{
    // What the timers and threads of a process at rest make of garbage is far less.
    private const long Stir = 256 * 1024;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Look)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await Task.Delay(Look, TimeProvider.System);
            if (GC.GetTotalAllocatedBytes(precise: true) - before < Stir) return;
        }

        throw new InvalidOperationException("What an earlier test began does not end.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
