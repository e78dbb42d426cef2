using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Vedette.Wire;

namespace Vedette.Agent;

/// <summary>
/// What is on its way to the hub, in memory: results become batches in sequence, and a batch is held until the hub has made it durable.
/// Bounded in results and bytes; when it is full the oldest go first, are counted, and reach the hub as a gap of exactly their numbers.
/// </summary>
internal sealed class Outbox
{
    /// <summary>The cause of a gap: the hub took none for too long.</summary>
    public const string Overflow = "overflow";

    /// <summary>The cause of a gap: the hub said that it had them, and has them no more.</summary>
    public const string Released = "released";

    private const int LargestBatch = 512;
    private const int LargestBytes = FrameWriter.LongestFrame / 2;

    // What a batch costs beyond its values: sixteen columns with their arrays.
    private const int BatchOverhead = 2048;
    private const int LeastTrimmed = 1024;

    private static readonly Counter<long> Dropped = Telemetry.Meter.CreateCounter<long>("vedette.agent.dropped_results", "{result}", "Results that were dropped because the hub took none for too long.");

    private readonly int mostHeld;
    private readonly long mostBytes;
    private readonly Channel<Result> waiting;
    private readonly Lock numbering = new();
    private readonly Lock gate = new();

    // Those before `first` are gone already; taking them out one by one would move all others each time.
    private readonly List<Held> held = [];
    private int first;
    private long heldResults;
    private long heldBytes;
    private long lostWaiting;
    private ulong lastSeq;
    private ulong committed;

    /// <summary>Makes an empty one.</summary>
    /// <param name="mostWaiting">Results that wait to be batched; that is a fraction of a second.</param>
    /// <param name="mostHeld">Results that wait for the hub.</param>
    /// <param name="mostBytes">Their size, about as much as they take in memory.</param>
    public Outbox(int mostWaiting = 65_536, int mostHeld = 262_144, long mostBytes = 64 << 20)
    {
        (this.mostHeld, this.mostBytes) = (mostHeld, mostBytes);
        waiting = Channel.CreateBounded<Result>(new BoundedChannelOptions(mostWaiting) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref lostWaiting));
    }

    /// <summary>The newest number given; 0 before the first.</summary>
    public ulong LastSeq
    {
        get
        {
            lock (gate) return lastSeq;
        }
    }

    /// <summary>The oldest number still held, or the next to come.</summary>
    public ulong FirstSeq
    {
        get
        {
            lock (gate) return first < held.Count ? held[first].Batch.FirstSeq : lastSeq + 1;
        }
    }

    /// <summary>Whether the hub has, or knows to be lost, everything that was given a number.</summary>
    public bool IsSettled
    {
        get
        {
            lock (gate) return committed >= lastSeq;
        }
    }

    /// <summary>Takes a result; never blocks.</summary>
    public void Add(Result result) => waiting.Writer.TryWrite(result);

    /// <summary>Waits until a result is there to be batched.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => waiting.Reader.WaitToReadAsync(cancellation);

    /// <summary>Gives what waits its numbers and makes batches of it.</summary>
    public void Batch()
    {
        lock (numbering)
        {
            SkipLost();
            var results = new List<Result>();
            while (waiting.Reader.TryRead(out var result))
            {
                results.Add(result);
                if (results.Count < LargestBatch) continue;
                Hold(results);
                results.Clear();
            }

            if (results.Count > 0) Hold(results);
        }
    }

    /// <summary>What to send for a number and on: the batch that holds it, or the gap that begins with it; null when it was not given yet.</summary>
    /// <returns>The frame, and the last number it settles.</returns>
    public (AgentFrame Frame, ulong LastSeq)? From(ulong seq)
    {
        lock (gate)
        {
            if (seq > lastSeq) return null;
            var at = Find(seq);
            if (at < held.Count && held[at].Batch.FirstSeq <= seq) return (new() { Batch = held[at].Batch }, held[at].LastSeq);
            var last = at < held.Count ? held[at].Batch.FirstSeq - 1 : lastSeq;
            var wasStored = seq <= committed;
            if (wasStored) last = Math.Min(last, committed);
            return (new() { Gap = new() { FirstSeq = seq, LastSeq = last, Cause = wasStored ? Released : Overflow } }, last);
        }
    }

    /// <summary>Lets go of everything up to a number.</summary>
    public void Release(ulong committedSeq)
    {
        lock (gate)
        {
            committed = Math.Max(committed, committedSeq);
            while (first < held.Count && held[first].LastSeq <= committed) RemoveFirst();
        }
    }

    // What was dropped while it waited takes the numbers that come next, so that the hub hears of it.
    private void SkipLost()
    {
        var lost = Interlocked.Exchange(ref lostWaiting, 0);
        if (lost == 0) return;
        Dropped.Add(lost);
        lock (gate) lastSeq += (ulong)lost;
    }

    private void Hold(List<Result> results)
    {
        var batch = BatchEncoder.Encode(LastSeq + 1, results);
        var bytes = batch.CalculateSize();
        if (bytes > LargestBytes || BatchDecoder.Refuse(batch) is not null)
        {
            HoldParts(results);
            return;
        }

        lock (gate)
        {
            lastSeq += (ulong)results.Count;
            held.Add(new(batch, lastSeq, bytes + BatchOverhead));
            heldResults += results.Count;
            heldBytes += bytes + BatchOverhead;
            while (heldResults > mostHeld || heldBytes > mostBytes)
            {
                Dropped.Add(BatchDecoder.Count(held[first].Batch));
                RemoveFirst();
            }
        }
    }

    // Details can be of any size and any text. A result that the hub would refuse, again and again with all that came with it, gives up
    // what it has to say beyond its verdict.
    private void HoldParts(List<Result> results)
    {
        if (results.Count > 1)
        {
            Hold(results[..(results.Count / 2)]);
            Hold(results[(results.Count / 2)..]);
            return;
        }

        var bare = results[0] with
        {
            Message = "the result was too large or not well-formed and came without message and details",
            Details = null,
            Phases = NamedList<double>.Empty,
            Measurements = NamedList<double>.Empty,
            Attributes = NamedList<string>.Empty,
        };
        if (bare != results[0]) Hold([bare]);
        else Interlocked.Increment(ref lostWaiting);
    }

    private int Find(ulong seq)
    {
        var (low, high) = (first, held.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (held[middle].LastSeq < seq) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void RemoveFirst()
    {
        heldResults -= BatchDecoder.Count(held[first].Batch);
        heldBytes -= held[first].Bytes;
        held[first++] = default;
        if (first < LeastTrimmed || first < held.Count / 2) return;
        held.RemoveRange(0, first);
        first = 0;
    }

    private readonly record struct Held(ResultBatch Batch, ulong LastSeq, int Bytes);
}
