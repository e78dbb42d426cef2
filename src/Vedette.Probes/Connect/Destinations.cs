using System.Net;
using Vedette.Linux.Host;

namespace Vedette.Probes.Connect;

/// <summary>
/// What is remembered of each destination for a minute: how many connections to it this host closed first, since each of them holds its local port
/// towards that destination for so long (TIME-WAIT, RFC 9293 section 3.6.1; Linux: 60 s), and whether it ends connections without a word.
/// </summary>
/// <param name="mostHeld">How many ports may be held towards one destination.</param>
/// <param name="time">The clock.</param>
internal sealed class Destinations(int mostHeld, TimeProvider time)
{
    /// <summary>So many are remembered; those beyond are let through, since where there are so many none has that many ports.</summary>
    public const int MostRemembered = 10_000;

    private const int SlotSeconds = 10;
    private const int SlotsOfMinute = 6;

    // One more than a minute has: the oldest is counted until all of it is over.
    private const int Slots = SlotsOfMinute + 1;

    private static readonly (int First, int Last) Usual = (32768, 60999);

    private readonly Lock gate = new();
    private readonly Dictionary<IPEndPoint, Memory> remembered = [];
    private readonly long start = time.GetTimestamp();

    /// <summary>Half of the ports that this host gives to connections.</summary>
    public static int HalfOfAll => Half(HostLimits.EphemeralPorts());

    /// <summary>Half of a range; of the usual one when it is not known, or none.</summary>
    public static int Half((int First, int Last)? range)
    {
        var (first, last) = range is { } known && known.First <= known.Last ? known : Usual;
        return (last - first + 1) / 2;
    }

    /// <summary>Takes a port towards a destination; false, and not taken, when too many are held.</summary>
    /// <param name="to">The destination.</param>
    /// <param name="silent">Whether it ended a connection without a word within the last minute.</param>
    public bool TryHold(IPEndPoint to, out bool silent)
    {
        lock (gate)
        {
            var slot = Now;
            var memory = Remember(to, slot);
            silent = memory?.SilentUntil > slot;
            return memory?.TryHold(slot, mostHeld) ?? true;
        }
    }

    /// <summary>It ended a connection without a word.</summary>
    public void NoteSilence(IPEndPoint to)
    {
        lock (gate)
            if (remembered.TryGetValue(to, out var memory)) memory.SilentUntil = Now + SlotsOfMinute;
    }

    private long Now => (long)time.GetElapsedTime(start).TotalSeconds / SlotSeconds;

    private Memory? Remember(IPEndPoint to, long slot)
    {
        if (remembered.TryGetValue(to, out var memory)) return memory;
        if (remembered.Count >= MostRemembered) Forget(slot);
        if (remembered.Count >= MostRemembered) return null;
        memory = new Memory();
        remembered.Add(to, memory);
        return memory;
    }

    private void Forget(long slot)
    {
        foreach (var (to, memory) in remembered)
            if (slot - memory.Latest >= Slots) remembered.Remove(to);
    }

    private sealed class Memory
    {
        private readonly int[] held = new int[Slots];
        private int total;

        public long Latest { get; private set; }

        public long SilentUntil { get; set; }

        public bool TryHold(long slot, int most)
        {
            for (var passed = Math.Min(slot - Latest, Slots); passed > 0; passed--)
            {
                ref var oldest = ref held[(slot - passed + 1) % Slots];
                (total, oldest) = (total - oldest, 0);
            }

            Latest = slot;
            if (total >= most) return false;
            total++;
            held[slot % Slots]++;
            return true;
        }
    }
}
