using System.Collections.Concurrent;

namespace Vedette.Hub.Checks;

/// <summary>
/// What the hub knows of its checks, as last committed. Reading needs no lock; whoever changes a check writes the database first and holds
/// <see cref="Turn"/> from before that write until this memory says the same.
/// </summary>
internal sealed class CheckRegistry : IDisposable
{
    private readonly ConcurrentDictionary<long, CheckRecord> byKey = new();
    private readonly ConcurrentDictionary<string, long> keys = new();
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One change at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>All of them by id.</summary>
    public IReadOnlyList<CheckRecord> All => [.. byKey.Values.OrderBy(record => record.Check.Id, StringComparer.Ordinal)];

    /// <summary>Those whose ids begin with something, by id.</summary>
    public IReadOnlyList<CheckRecord> Beginning(string prefix) =>
        [.. byKey.Select(entry => entry.Value).Where(record => record.Check.Id.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(record => record.Check.Id, StringComparer.Ordinal)];

    /// <summary>The check of an id, or null.</summary>
    public CheckRecord? Find(string id) => keys.TryGetValue(id, out var key) ? Find(key) : null;

    /// <summary>The check of a key, or null.</summary>
    public CheckRecord? Find(long key) => byKey.GetValueOrDefault(key);

    /// <summary>Puts a check's new state in the place of its old.</summary>
    public void Put(CheckRecord record)
    {
        byKey[record.Key] = record;
        keys[record.Check.Id] = record.Key;
    }

    /// <summary>Takes a check out.</summary>
    public void Remove(CheckRecord record)
    {
        byKey.TryRemove(record.Key, out _);
        keys.TryRemove(record.Check.Id, out _);
    }

    /// <summary>Ends with the next change that is announced.</summary>
    public Task Changed => Volatile.Read(ref changed).Task;

    /// <summary>Says that what was put and removed is whole.</summary>
    public void Announce() => Interlocked.Exchange(ref changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <inheritdoc/>
    public void Dispose() => Turn.Dispose();
}
