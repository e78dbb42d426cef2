using System.IO.Pipelines;
using System.Text.Json;
using Vedette.Wire;

namespace Vedette.Hub.Tests;

/// <summary>The agent's end of a session over a pipe in memory, driven frame by frame.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IDuplexPipe pipe;
    private readonly FrameReader<HubFrame> reader;
    private readonly CancellationTokenSource stop = new();
    private readonly Dictionary<string, long> keys = [];
    private readonly AgentSession session;

    private TestAgent(HubHost hub, string name, byte epoch)
    {
        (pipe, var far) = DuplexPipe.CreatePair();
        Served = hub.ServeAgentAsync(far, stop.Token);
        reader = new FrameReader<HubFrame>(pipe.Input, HubFrame.Parser);
        var stream = new byte[16];
        stream[0] = epoch;
        (Name, session) = (name, new AgentSession(name, stream));
    }

    public string Name { get; }

    /// <summary>Ends when the hub has let go of this connection.</summary>
    public Task Served { get; }

    public ulong Committed => session.Committed;

    /// <summary>Everything it was told to let go of.</summary>
    public List<long> Removed { get; } = [];

    public static TestAgent Connect(HubHost hub, string name = "local", byte epoch = 1) => new(hub, name, epoch);

    /// <summary>Says hello and waits until it is welcome and has its checks.</summary>
    /// <param name="hub">Whom it reports to.</param>
    /// <param name="name">Its own name.</param>
    /// <param name="epoch">Names its stream of results.</param>
    /// <param name="lastSeq">The newest result it has.</param>
    public static async Task<TestAgent> JoinAsync(HubHost hub, string name = "local", byte epoch = 1, ulong lastSeq = 100)
    {
        var agent = Connect(hub, name, epoch);
        await agent.SendAsync(agent.session.Hello(1, lastSeq));
        await agent.HearAsync(HubFrame.BodyOneofCase.Welcome);
        await agent.HearAsync(HubFrame.BodyOneofCase.Assignment);
        return agent;
    }

    public long Key(string check) => keys[check];

    public bool Runs(string check) => keys.ContainsKey(check);

    public async Task SendAsync(AgentFrame frame) => await new FrameWriter(pipe.Output).WriteAsync(frame, CancellationToken.None);

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await pipe.Output.WriteAsync(bytes);

    /// <summary>Sends no more.</summary>
    public async Task HangUpAsync() => await pipe.Output.CompleteAsync();

    /// <summary>Sends results under the numbers from one on.</summary>
    public Task SendAsync(ulong firstSeq, params Result[] results)
    {
        session.Sent(firstSeq + (ulong)results.Length - 1);
        return SendAsync(new AgentFrame { Batch = BatchEncoder.Encode(firstSeq, results) });
    }

    public Task SendGapAsync(ulong firstSeq, ulong lastSeq, string cause)
    {
        session.Sent(lastSeq);
        return SendAsync(new AgentFrame { Gap = new() { FirstSeq = firstSeq, LastSeq = lastSeq, Cause = cause } });
    }

    /// <summary>Waits until everything up to a number is acknowledged.</summary>
    public async Task AcknowledgedAsync(ulong seq)
    {
        while (session.Committed < seq) await HearAsync(HubFrame.BodyOneofCase.Ack);
    }

    /// <summary>Takes frames until one of a kind came; fails when the connection ends before.</summary>
    public async Task<HubFrame> HearAsync(HubFrame.BodyOneofCase kind)
    {
        while (true)
        {
            var frame = await HearAsync() ?? throw new InvalidOperationException($"the hub ended the connection instead of sending {kind}");
            if (frame.BodyCase == kind) return frame;
        }
    }

    /// <summary>Takes frames until the hub ends the connection; the last one, if any.</summary>
    public async Task<HubFrame?> HearTheEndAsync()
    {
        HubFrame? last = null;
        while (await HearAsync() is { } frame) last = frame;
        return last;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
        await Served.WaitAsync(Patience);
        stop.Dispose();
    }

    private async Task<HubFrame?> HearAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var (frame, problem) = await reader.ReadAsync(patience.Token);
        problem.ShouldBeNull();
        if (frame is null) return null;
        var effect = session.Receive(frame, 1000);
        effect.ShouldNotBeOfType<AgentEffect.Broken>();
        if (effect is AgentEffect.Assigned { Assignment: var assignment }) Take(assignment);
        return frame;
    }

    private void Take(Assignment assignment)
    {
        if (assignment.Full) keys.Clear();
        foreach (var check in assignment.Checks) keys[JsonSerializer.Deserialize(check.Check, ApiJson.Readable.Check)!.Id] = check.Key;
        foreach (var key in assignment.Removed)
        {
            Removed.Add(key);
            foreach (var id in keys.Where(entry => entry.Value == key).Select(entry => entry.Key).ToList()) keys.Remove(id);
        }
    }
}
