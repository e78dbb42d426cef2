using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace Vedette.Agent.Tests.Uplink;

/// <summary>The hub's real session at the other end of a pipe, storing in memory; what it does beyond that a test says.</summary>
internal sealed class TestHub
{
    private readonly ConcurrentDictionary<ulong, long> stored = new();
    private ulong committed;
    private int connections;

    /// <summary>Sequence number to check key of everything stored.</summary>
    public IReadOnlyDictionary<ulong, long> Stored => stored;

    public ConcurrentQueue<(ulong First, ulong Last, string Cause)> Gaps { get; } = new();

    public ConcurrentQueue<Result> Results { get; } = new();

    /// <summary>Everything that came again although it was acknowledged, or was needed again.</summary>
    public ConcurrentQueue<string> Surprises { get; } = new();

    public int Connections => Volatile.Read(ref connections);

    public int Received { get; private set; }

    public ulong Committed
    {
        get => Volatile.Read(ref committed);
        set => Volatile.Write(ref committed, value);
    }

    /// <summary>Whether what is stored is acknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>What happens in place of a welcome on the first connection, and whether the hub reads on after it; null for an honest one.</summary>
    public Func<IDuplexPipe, Task<bool>>? Greeting { get; set; }

    /// <summary>What is assigned after the welcome.</summary>
    public IReadOnlyList<Assignment> Assignments { get; set; } = [];

    /// <summary>The end of the newest connection that frames can be pushed into.</summary>
    public FrameWriter? Writer { get; private set; }

    public PipeWriter? Output { get; private set; }

    public ValueTask<IDuplexPipe> ConnectAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (near, far) = DuplexPipe.CreatePair();
        _ = ServeAsync(far, Interlocked.Increment(ref connections));
        return new(near);
    }

    private async Task ServeAsync(IDuplexPipe pipe, int number)
    {
        var session = new HubSession();
        var frames = new FrameReader<AgentFrame>(pipe.Input, AgentFrame.Parser);
        (Writer, Output) = (new FrameWriter(pipe.Output), pipe.Output);
        var writer = Writer;
        try
        {
            while (true)
            {
                var (frame, _) = await frames.ReadAsync(CancellationToken.None);
                if (frame is null) return;
                Received++;
                switch (session.Receive(frame))
                {
                    case HubEffect.Joined when Greeting is not null && number == 1:
                        if (!await Greeting(pipe)) return;
                        break;
                    case HubEffect.Joined:
                        await writer.WriteAsync(session.Welcome(Committed, TimeSpan.FromSeconds(10)), CancellationToken.None);
                        foreach (var assignment in Assignments) await writer.WriteAsync(new HubFrame { Assignment = assignment }, CancellationToken.None);
                        break;
                    case HubEffect.Results results:
                        Store(results.Batch);
                        await AcknowledgeAsync(writer, results.LastSeq);
                        break;
                    case HubEffect.Missing missing:
                        Gaps.Enqueue((missing.FirstSeq, missing.LastSeq, missing.Cause));
                        await AcknowledgeAsync(writer, missing.LastSeq);
                        break;
                    case HubEffect.Left: return;
                    case var other: Surprises.Enqueue($"{other}"); break;
                }
            }
        }
        finally
        {
            await pipe.Output.CompleteAsync();
            await pipe.Input.CompleteAsync();
        }
    }

    public async Task AcknowledgeAsync(FrameWriter writer, ulong seq)
    {
        if (!Acknowledges) return;
        Committed = Math.Max(Committed, seq);
        await writer.WriteAsync(new HubFrame { Ack = new() { CommittedSeq = Committed } }, CancellationToken.None);
    }

    private void Store(ResultBatch batch)
    {
        foreach (var result in BatchDecoder.Decode(batch, "local", "9f", key => $"{key}"))
        {
            if (result.Seq <= Committed) Surprises.Enqueue($"{result.Seq} again");
            if (stored.TryAdd(result.Seq, result.CheckKey)) Results.Enqueue(result);
            else if (stored[result.Seq] != result.CheckKey) Surprises.Enqueue($"{result.Seq} with other content");
        }
    }
}
