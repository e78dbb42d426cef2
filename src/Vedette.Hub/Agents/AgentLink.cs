using System.IO.Pipelines;
using System.Text.Json;
using System.Threading.Channels;
using Google.Protobuf;
using Vedette.Hub.Checks;
using Vedette.Wire;

namespace Vedette.Hub.Agents;

/// <summary>One connected agent: frames out in order through a bounded queue. One that does not read is let go.</summary>
internal sealed class AgentLink(IDuplexPipe pipe)
{
    private const int MostQueued = 4096;

    private readonly Channel<IMessage> queue = Channel.CreateBounded<IMessage>(new BoundedChannelOptions(MostQueued) { SingleReader = true });

    /// <summary>What it has said of itself.</summary>
    public HubSession Session { get; } = new();

    /// <summary>What comes from it.</summary>
    public FrameReader<AgentFrame> Frames { get; } = new(pipe.Input, AgentFrame.Parser);

    /// <summary>Queues a frame; false when the agent has not read for so long that the queue is full.</summary>
    public bool Send(HubFrame frame)
    {
        if (queue.Writer.TryWrite(frame)) return true;
        queue.Writer.TryComplete();
        return false;
    }

    /// <summary>Gives it checks to run, or a part of them that the next call goes on with.</summary>
    public void Assign(bool full, IEnumerable<CheckRecord> records, bool more = false)
    {
        var assignment = new Assignment { Full = full, More = more };
        foreach (var record in records)
            assignment.Checks.Add(new AssignedCheck { Key = record.Key, Check = JsonSerializer.Serialize(record.Check, ApiJson.Default.Check) });
        Send(new() { Assignment = assignment });
    }

    /// <summary>Writes what is queued until the queue is closed or nobody reads.</summary>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        var writer = new FrameWriter(pipe.Output);
        await foreach (var frame in queue.Reader.ReadAllAsync(cancellation))
            if (!await writer.WriteAsync(frame, cancellation)) return;
    }

    /// <summary>Ends it.</summary>
    public async Task CloseAsync()
    {
        queue.Writer.TryComplete();
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
    }
}
