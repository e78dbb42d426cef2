namespace Vedette;

/// <summary>
/// The slots of a check: the same for everyone who knows its id and interval, counted from the Unix epoch so that they never drift,
/// and shifted by a hash of the id so that checks do not all start at once.
/// </summary>
/// <param name="id">The check's id.</param>
/// <param name="interval">The distance of two slots.</param>
public readonly struct Grid(string id, TimeSpan interval)
{
    private readonly long interval = interval.Ticks;
    private readonly long offset = (long)(Hash(id) % (ulong)(interval.Ticks / TimeSpan.TicksPerMillisecond)) * TimeSpan.TicksPerMillisecond;

    /// <summary>The first slot later than a time; whole milliseconds.</summary>
    public DateTimeOffset After(DateTimeOffset at)
    {
        var since = at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks - offset;
        var slot = (long)Math.Floor((double)since / interval);
        // The quotient of two large numbers may be off by one in a double; these two steps make it exact.
        while (slot * interval > since) slot--;
        while ((slot + 1) * interval <= since) slot++;
        return new(DateTimeOffset.UnixEpoch.Ticks + offset + ((slot + 1) * interval), TimeSpan.Zero);
    }

    // FNV-1a over UTF-16 code units, finished with a multiplication so that ids that differ in one digit land far apart.
    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var unit in text) hash = (hash ^ unit) * 1099511628211UL;
        hash ^= hash >> 32;
        return (hash * 0x9E3779B97F4A7C15UL) >> 16;
    }
}
