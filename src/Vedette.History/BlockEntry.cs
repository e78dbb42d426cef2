using System.Runtime.InteropServices;
using Vedette.State.Sqlite;

namespace Vedette.History;

/// <summary>That a block holds results of a check, whose slots are within a time.</summary>
/// <param name="CheckKey">The check's key.</param>
/// <param name="LastAt">Its latest slot there, in microseconds since the Unix epoch.</param>
/// <param name="Span">From its earliest slot there to its latest, in microseconds; mostly 0, which takes no room on disk.</param>
internal readonly record struct BlockEntry(long CheckKey, long LastAt, long Span)
{
    /// <summary>One for each check.</summary>
    public static IReadOnlyCollection<BlockEntry> Of(IReadOnlyList<Result> results)
    {
        var entries = new Dictionary<long, BlockEntry>();
        foreach (var result in results)
        {
            var at = Sql.Microseconds(result.ScheduledAt);
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(entries, result.CheckKey, out var known);
            entry = known ? entry.With(at) : new(result.CheckKey, at, 0);
        }

        return entries.Values;
    }

    private BlockEntry With(long at)
    {
        var last = Math.Max(LastAt, at);
        return this with { LastAt = last, Span = last - Math.Min(LastAt - Span, at) };
    }
}
