using System.Collections;

namespace Vedette.Hub.Checks;

/// <summary>
/// The latest runs of a check, in the order in which they came: at most <see cref="Most"/>. A view that never changes on an array that is shared with later ones.
/// Adding a run gives another view and, mostly, only writes a place of the array that no view shows yet.
/// </summary>
/// <remarks>
/// Any number of threads may read any view while one adds: what a view shows was written before the view was made, and is never written again. Only
/// one thread at a time may add: for the checks of a hub whoever holds <see cref="CheckRegistry.Turn"/>. It adds to the view that was published last,
/// and writes the place behind it. When that place is taken, by a change that was added before and never published, it copies what is kept instead.
/// </remarks>
internal sealed class RecentRuns : IReadOnlyList<RecentRun>
{
    /// <summary>How many are kept.</summary>
    public const int Most = 60;

    // So many runs are added before what is kept is copied again.
    private const int Spare = 20;

    /// <summary>None yet.</summary>
    public static readonly RecentRuns None = new(new([]), 0, 0);

    private readonly Places places;
    private readonly int start;

    private RecentRuns(Places places, int start, int count) => (this.places, this.start, Count) = (places, start, count);

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public RecentRun this[int index] => index >= 0 && index < Count ? places.Runs[start + index].Show() : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>With one more; when there are as many as are kept, without the oldest.</summary>
    public RecentRuns With(DateTimeOffset at, Status status, double latencySeconds, string? reason)
    {
        var kept = Math.Min(Count, Most - 1);
        var from = start + Count - kept;
        var shared = start + Count == places.Used && places.Used < places.Runs.Length;
        var room = shared ? places : places.Copy(from, kept, Math.Min(kept + 1 + Spare, Most + Spare));
        room.Runs[room.Used++] = new Run(at.UtcTicks, latencySeconds, reason, status);
        return new(room, shared ? from : 0, kept + 1);
    }

    /// <inheritdoc/>
    public IEnumerator<RecentRun> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // Where runs stand, and how many of the places are taken.
    private sealed class Places(Run[] runs)
    {
        public Run[] Runs => runs;

        public int Used { get; set; }

        public Places Copy(int from, int count, int length)
        {
            var copy = new Run[length];
            runs.AsSpan(from, count).CopyTo(copy);
            return new(copy) { Used = count };
        }
    }

    private readonly record struct Run(long Ticks, double LatencySeconds, string? Reason, Status Status)
    {
        public RecentRun Show() => new(new DateTimeOffset(Ticks, TimeSpan.Zero), Status, LatencySeconds, Reason);
    }
}
