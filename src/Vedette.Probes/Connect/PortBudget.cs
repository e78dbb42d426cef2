using System.Globalization;
using System.Net;

namespace Vedette.Probes.Connect;

/// <summary>
/// Counts the connections to each destination that this host closed first. Each of them holds its local port for another minute towards that
/// destination (TIME-WAIT, RFC 9293 section 3.6.1; Linux: 60 s), and ports are the system's, not ours alone.
/// </summary>
/// <param name="most">How many may be held towards one destination.</param>
/// <param name="time">The clock.</param>
internal sealed class PortBudget(int most, TimeProvider time)
{
    /// <summary>So many destinations are counted; those beyond are let through, since where there are so many none has that many ports.</summary>
    public const int MostDestinations = 10_000;

    private const string RangeFile = "/proc/sys/net/ipv4/ip_local_port_range";
    private const int UsualRange = 60999 - 32768 + 1;
    private const int SlotSeconds = 10;

    // One more than a minute has: the oldest is counted until all of it is over.
    private const int Slots = 7;

    private readonly Lock gate = new();
    private readonly Dictionary<IPEndPoint, Held> held = [];
    private readonly long start = time.GetTimestamp();

    /// <summary>Half of the ports that this host gives to connections.</summary>
    public static int HalfOfAll
    {
        get
        {
            try
            {
                return Half(File.ReadAllText(RangeFile));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return UsualRange / 2;
            }
        }
    }

    /// <summary>Half of a range such as <c>32768 60999</c>; of the usual one when it cannot be read.</summary>
    public static int Half(string range)
    {
        var ends = range.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return ends.Length == 2 && int.TryParse(ends[0], CultureInfo.InvariantCulture, out var first) && int.TryParse(ends[1], CultureInfo.InvariantCulture, out var last) && last >= first
            ? (last - first + 1) / 2
            : UsualRange / 2;
    }

    /// <summary>Counts one more; false, and not counted, when there are too many towards that destination.</summary>
    public bool TryTake(IPEndPoint to)
    {
        var slot = (long)time.GetElapsedTime(start).TotalSeconds / SlotSeconds;
        lock (gate)
        {
            if (!held.TryGetValue(to, out var ports))
            {
                if (held.Count >= MostDestinations) Forget(slot);
                if (held.Count >= MostDestinations) return true;
                held.Add(to, ports = new Held());
            }

            return ports.TryAdd(slot, most);
        }
    }

    private void Forget(long slot)
    {
        foreach (var (to, ports) in held)
            if (slot - ports.Latest >= Slots) held.Remove(to);
    }

    private sealed class Held
    {
        private readonly int[] counts = new int[Slots];
        private int total;

        public long Latest { get; private set; }

        public bool TryAdd(long slot, int most)
        {
            for (var passed = Math.Min(slot - Latest, Slots); passed > 0; passed--)
            {
                ref var oldest = ref counts[(slot - passed + 1) % Slots];
                (total, oldest) = (total - oldest, 0);
            }

            Latest = slot;
            if (total >= most) return false;
            total++;
            counts[slot % Slots]++;
            return true;
        }
    }
}
