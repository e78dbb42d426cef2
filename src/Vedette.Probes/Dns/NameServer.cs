using System.Net;

namespace Vedette.Probes.Dns;

/// <summary>The name server of this host, read anew now and then: hosts move between networks.</summary>
/// <param name="read">Reads the system's configuration.</param>
internal sealed class NameServer(Func<IPAddress?> read)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private volatile Reading? last;

    /// <summary>The first one; null when the system names none.</summary>
    public IPAddress? Find(TimeProvider time)
    {
        var known = last;
        if (known is null || time.GetElapsedTime(known.At) > Fresh) last = known = new(read(), time.GetTimestamp());
        return known.Address;
    }

    private sealed record Reading(IPAddress? Address, long At);
}
