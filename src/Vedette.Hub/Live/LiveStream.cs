using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vedette.Hub.Live;

/// <summary>One message of the stream. Its JSON is made when the first reader wants it.</summary>
/// <param name="id">Resumes after it.</param>
/// <param name="kind">One of <see cref="LiveEvents"/>.</param>
/// <param name="check">The id of the check it is about; null for all.</param>
/// <param name="write">Makes its JSON.</param>
internal sealed class LiveEvent(string id, string kind, string? check, Func<byte[]> write)
{
    private readonly Lazy<byte[]> json = new(write);

    public string Id => id;
    public string Kind => kind;
    public string? Check => check;
    public byte[] Json => json.Value;
}

/// <summary>The latest messages, kept in a ring that every reader follows at its own pace; one that falls out of it is told to start over.</summary>
internal sealed class LiveStream
{
    private const int Kept = 8192;
    private const int MostTogether = 64;

    private readonly Lock gate = new();
    private readonly LiveEvent?[] ring = new LiveEvent?[Kept];
    private readonly string boot = Guid.NewGuid().ToString("N")[..8];
    private long count;
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Adds a message whose payload is made when its JSON is.</summary>
    public void Publish<T>(string kind, string? check, Func<T> payload, JsonTypeInfo<T> type)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            ring[count % Kept] = new LiveEvent(Id(count + 1), kind, check, () => JsonSerializer.SerializeToUtf8Bytes(payload(), type));
            count++;
            (waiting, more) = (more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waiting.TrySetResult();
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

    private (IReadOnlyList<LiveEvent> Next, Task Wait) Take(ref long position)
    {
        lock (gate)
        {
            if (position < 0 || position < count - Kept)
            {
                position = count;
                return ([new LiveEvent(Id(count), LiveEvents.Reset, null, () => "{}"u8.ToArray())], more.Task);
            }

            var next = new LiveEvent[Math.Min(count - position, MostTogether)];
            for (var i = 0; i < next.Length; i++) next[i] = ring[position++ % Kept]!;
            return (next, more.Task);
        }
    }

    // How many messages someone has seen who has seen this one.
    private string Id(long seen) => string.Create(CultureInfo.InvariantCulture, $"{boot}-{seen}");
}
