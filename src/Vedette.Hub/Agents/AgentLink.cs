using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Google.Protobuf;
using Vedette.Hub.Checks;
using Vedette.Hub.Ingest;
using Vedette.Wire;

namespace Vedette.Hub.Agents;

/// <summary>One connected agent: frames out in order through a bounded queue. One that does not read is let go.</summary>
internal sealed class AgentLink(IDuplexPipe pipe)
{
    private const int MostQueued = 4096;
    private const int AssignmentBytes = FrameWriter.LongestFrame / 2;

    private readonly Channel<IMessage> queue = Channel.CreateBounded<IMessage>(new BoundedChannelOptions(MostQueued) { SingleReader = true });
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it has said of itself.</summary>
    public HubSession Session { get; } = new();

    /// <summary>The latest of its results that will never come.</summary>
    public LostResults? Lost { get; set; }

    /// <summary>What comes from it.</summary>
    public FrameReader<AgentFrame> Frames { get; } = new(pipe.Input, AgentFrame.Parser);

    /// <summary>Ends when somebody wants it to end.</summary>
    public Task Ended => ended.Task;

    /// <summary>Queues a frame. When the agent has not read for so long that the queue is full, the link ends instead.</summary>
    public void Send(HubFrame frame)
    {
        if (!queue.Writer.TryWrite(frame)) End();
    }

    /// <summary>Gives it checks to run and takes others from it, in as many parts as frames hold; they take effect with the last.</summary>
    public void Assign(bool full, IEnumerable<CheckRecord> records, params IEnumerable<long> removed)
    {
        var assignment = new Assignment { Full = full, Removed = { removed } };
        var size = 0;
        foreach (var record in records)
        {
            var json = JsonSerializer.Serialize(record.Check, ApiJson.Readable.Check);
            size += Encoding.UTF8.GetByteCount(json);
            if (size > AssignmentBytes && assignment.Checks.Count > 0)
            {
                assignment.More = true;
                Send(new() { Assignment = assignment });
                (assignment, size) = (new() { Full = full }, Encoding.UTF8.GetByteCount(json));
            }

            assignment.Checks.Add(new AssignedCheck { Key = record.Key, Check = json });
        }

        Send(new() { Assignment = assignment });
    }

    /// <summary>Lets it go: what is queued still goes out, nothing more is.</summary>
    public void End()
    {
        queue.Writer.TryComplete();
        ended.TrySetResult();
    }

    /// <summary>Writes what is queued until it ends or nobody reads.</summary>
    public async Task WriteAsync(CancellationToken stop)
    {
        var writer = new FrameWriter(pipe.Output);
        await foreach (var frame in queue.Reader.ReadAllAsync(stop))
            if (!await writer.WriteAsync(frame, stop)) return;
    }

    /// <summary>Closes the pipe; nobody may be reading or writing it.</summary>
    public async Task CloseAsync()
    {
        await pipe.Output.CompleteAsync();
        await pipe.Input.CompleteAsync();
    }
}
