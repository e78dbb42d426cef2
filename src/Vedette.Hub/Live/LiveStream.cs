using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Vedette.Hub.Live;

/// <summary>The latest messages, kept in a ring that every reader follows at its own pace; one that falls out of it is told to start over.</summary>
internal sealed class LiveStream
{
    private const int Kept = 8192;
    private const int MostTogether = 64;

    private readonly Lock gate = new();
    private readonly LiveEvent?[] ring = new LiveEvent?[Kept];
    private readonly string boot = Guid.NewGuid().ToString("N")[..8];
    private long count;

    // Only while a reader waits.
    private TaskCompletionSource? more;

    /// <summary>Adds a message.</summary>
    public void Publish<T>(string kind, string? check, T payload, JsonTypeInfo<T> type)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            count++;
            ring[(count - 1) % Kept] = new LiveEvent<T>(boot, count, kind, check, payload, type);
            (waiting, more) = (more, null);
        }

        waiting?.TrySetResult();
    }

    /// <summary>Where a reader begins that has seen the stream up to a message; null is now.</summary>
    // An id of another process, or one that has left the ring, cannot be resumed: a position before the ring makes a reset.
    public long Position(string? lastId)
    {
        lock (gate)
        {
            if (lastId is null) return count;
            if (!lastId.StartsWith(boot + '-', StringComparison.Ordinal)) return -1;
            return long.TryParse(lastId.AsSpan(boot.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) && seen <= count ? seen : -1;
        }
    }

    /// <summary>The messages from a position, for ever, as many together as are there; none when nothing came for a while, for a sign of life.</summary>
    /// <param name="position">Of <see cref="Position"/>.</param>
    /// <param name="silence">After how long without a message none come.</param>
    /// <param name="time">The clock of that.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<IReadOnlyList<LiveEvent>> ReadAsync(long position, TimeSpan silence, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            var (next, wait) = Take(ref position);
            if (next.Count > 0 || !await ComesAsync(wait, silence, time, cancellation)) yield return next;
        }
    }

    private static async Task<bool> ComesAsync(Task wait, TimeSpan silence, TimeProvider time, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var first = await Task.WhenAny(wait, Task.Delay(silence, time, over.Token));
        await over.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        return first == wait;
    }

    // What is there, or else what completes when there is more.
    private (IReadOnlyList<LiveEvent> Next, Task Wait) Take(ref long position)
    {
        lock (gate)
        {
            if (position < 0 || position < count - Kept)
            {
                position = count;
                return ([new LiveEvent<JsonObject>(boot, count, LiveEvents.Reset, null, [], ApiJson.Readable.JsonObject)], Task.CompletedTask);
            }

            var next = new LiveEvent[Math.Min(count - position, MostTogether)];
            for (var i = 0; i < next.Length; i++) next[i] = ring[position++ % Kept]!;
            if (next.Length == 0) more ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return (next, more?.Task ?? Task.CompletedTask);
        }
    }
}
