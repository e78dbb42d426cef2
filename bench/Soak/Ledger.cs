using System.Collections;

namespace Soak;

/// <summary>Which results were told and which were found, a bit for each.</summary>
internal sealed class Ledger
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (BitArray Told, BitArray Found)> streams = [];

    /// <summary>How many were told.</summary>
    public long Told
    {
        get
        {
            lock (gate) return streams.Values.Sum(stream => Count(stream.Told));
        }
    }

    /// <summary>How many were told and not found.</summary>
    public long Lost
    {
        get
        {
            lock (gate) return streams.Values.Sum(stream => Count(new BitArray(stream.Found).Not().And(stream.Told)));
        }
    }

    /// <summary>Notes one that was told.</summary>
    public void Tell(string epoch, ulong seq)
    {
        lock (gate) Stream(epoch, seq).Told[(int)seq] = true;
    }

    /// <summary>Notes one that was found; false when it was found before.</summary>
    public bool Find(string epoch, ulong seq)
    {
        lock (gate)
        {
            var found = Stream(epoch, seq).Found;
            if (found[(int)seq]) return false;
            return found[(int)seq] = true;
        }
    }

    private (BitArray Told, BitArray Found) Stream(string epoch, ulong seq)
    {
        if (!streams.TryGetValue(epoch, out var stream)) streams.Add(epoch, stream = (new(1024), new(1024)));
        if (seq >= (ulong)stream.Told.Length) stream.Told.Length = stream.Found.Length = checked((int)seq * 2);
        return stream;
    }

    private static long Count(BitArray bits)
    {
        var count = 0L;
        foreach (bool bit in bits) count += bit ? 1 : 0;
        return count;
    }
}
