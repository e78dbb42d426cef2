using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Vedette.Wire;

namespace Vedette.Agent;

/// <summary>
/// What is on its way to the hub, in memory: results become batches in sequence, and a batch is held until the hub has made it durable.
/// Bounded; when it is full the oldest go first, are counted, and are reported to the hub as a gap.
/// </summary>
public sealed class Outbox
{
    private const int MostWaiting = 65_536;
    private const int MostHeld = 262_144;
    private const int LargestBatch = 512;
    private const int LargestBytes = FrameWriter.LongestFrame / 2;

    private static readonly Counter<long> Dropped = Telemetry.Meter.CreateCounter<long>("vedette.agent.dropped_results", "{result}", "Results that were dropped because the hub took none for too long.");

    private readonly Channel<Result> waiting;
    private readonly Lock gate = new();
    private readonly LinkedList<ResultBatch> held = new();
    private long heldResults;

    /// <summary>Makes an empty one.</summary>
    public Outbox() =>
        waiting = Channel.CreateBounded<Result>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Dropped.Add(1));

    /// <summary>The newest number given; 0 before the first.</summary>
    public ulong LastSeq { get; private set; }

    /// <summary>The oldest number still held, or the next to come.</summary>
    public ulong FirstSeq
    {
        get
        {
            lock (gate) return held.First?.Value.FirstSeq ?? LastSeq + 1;
        }
    }

    /// <summary>Takes a result; never blocks.</summary>
    public void Add(Result result) => waiting.Writer.TryWrite(result);

    /// <summary>Waits until a result is there to be batched.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellation) => waiting.Reader.WaitToReadAsync(cancellation);

    /// <summary>Gives what waits its numbers and makes batches of it.</summary>
    public void Batch()
    {
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

    /// <summary>The batch that holds a number, or the first one after it; null when there is none.</summary>
    public ResultBatch? From(ulong seq)
    {
        lock (gate)
        {
            foreach (var batch in held)
                if (Last(batch) >= seq) return batch;
            return null;
        }
    }

    /// <summary>Lets go of everything up to a number.</summary>
    public void Release(ulong committed)
    {
        lock (gate)
            while (held.First is { } first && Last(first.Value) <= committed) Remove(first);
    }

    /// <summary>The number of a batch's last result.</summary>
    public static ulong Last(ResultBatch batch) => batch.FirstSeq + (ulong)BatchDecoder.Count(batch) - 1;

    private void Hold(List<Result> results)
    {
        var batch = BatchEncoder.Encode(LastSeq + 1, results);
        if (batch.CalculateSize() > LargestBytes)
        {
            HoldParts(results);
            return;
        }

        lock (gate)
        {
            held.AddLast(batch);
            heldResults += results.Count;
            LastSeq += (ulong)results.Count;
            while (heldResults > MostHeld && held.First is { } oldest)
            {
                Dropped.Add(BatchDecoder.Count(oldest.Value));
                Remove(oldest);
            }
        }
    }

    // Details can be of any size. One result too large for a frame gives its details up, never its verdict.
    private void HoldParts(List<Result> results)
    {
        if (results.Count == 1)
        {
            Hold([results[0] with { Details = null, Message = "the result was too large and came without message and details", Attributes = NamedList<string>.Empty }]);
            return;
        }

        Hold(results[..(results.Count / 2)]);
        Hold(results[(results.Count / 2)..]);
    }

    private void Remove(LinkedListNode<ResultBatch> batch)
    {
        heldResults -= BatchDecoder.Count(batch.Value);
        held.Remove(batch);
    }
}
