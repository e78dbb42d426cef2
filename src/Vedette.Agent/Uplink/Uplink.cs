using System.IO.Pipelines;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vedette.Wire;

namespace Vedette.Agent;

/// <summary>Makes batches of results, and keeps a connection to the hub: one after the other, with a growing pause between those that fail.</summary>
/// <param name="agent">The agent's name.</param>
/// <param name="epoch">Names the outbox's stream.</param>
/// <param name="outbox">What is to be sent.</param>
/// <param name="connect">Makes a connection, or throws an <see cref="IOException"/> that says why not.</param>
/// <param name="assign">Takes what is to be run.</param>
/// <param name="time">Clock of batching and back-off.</param>
/// <param name="logger">Hears of connections that ended.</param>
internal sealed partial class Uplink(
    string agent, ReadOnlyMemory<byte> epoch, Outbox outbox, Func<CancellationToken, ValueTask<IDuplexPipe>> connect, Action<Assignment> assign, TimeProvider time, ILogger logger)
{
    // A lone result goes at once; under load a batch leaves every 200 ms.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(60);

    private readonly Channel<bool> sendable = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Makes batches of what waits.</summary>
    public async Task BatchAsync(CancellationToken stop)
    {
        var last = time.GetTimestamp() - time.TimestampFrequency;
        while (await outbox.WaitAsync(stop))
        {
            var wait = Spacing - time.GetElapsedTime(last);
            await Task.Delay(wait > Linger ? wait : Linger, time, stop);
            last = time.GetTimestamp();
            Batch();
        }
    }

    /// <summary>Sends what is left and waits until the hub has it, as long as the token allows.</summary>
    public async Task FlushAsync(CancellationToken patience)
    {
        Batch();
        while (!outbox.IsSettled && !patience.IsCancellationRequested)
            await Task.Delay(Linger, time, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Connects again and again until stopped.</summary>
    public async Task ConnectAsync(CancellationToken stop)
    {
        for (var failures = 0; ; failures++)
        {
            var since = time.GetTimestamp();
            var ending = await OnceAsync(stop);
            // One that lasted longer than patience with a silent hub was a good one.
            if (time.GetElapsedTime(since) > LongestBackOff) failures = 0;
            var pause = ending.Pause + BackOff(failures);
            ConnectionEnded(logger, ending.Problem, pause.TotalSeconds);
            await Task.Delay(pause, time, stop);
        }
    }

    // Full jitter, so that many agents do not come back at once.
    private static TimeSpan BackOff(int failures)
    {
        var most = FirstBackOff * Math.Pow(2, Math.Min(failures, 10));
        return (most < LongestBackOff ? most : LongestBackOff) * Random.Shared.NextDouble();
    }

    private async Task<Ending> OnceAsync(CancellationToken stop)
    {
        try
        {
            var pipe = await connect(stop);
            try
            {
                return await new Connection(pipe, new AgentSession(agent, epoch), outbox, sendable, assign, time).RunAsync(stop);
            }
            finally
            {
                await pipe.Output.CompleteAsync();
                await pipe.Input.CompleteAsync();
            }
        }
        catch (IOException e)
        {
            return new(e.Message);
        }
    }

    private void Batch()
    {
        outbox.Batch();
        sendable.Writer.TryWrite(true);
    }

    [LoggerMessage(201, LogLevel.Warning, "The connection to the hub ended: {Problem}. Trying again in {Seconds:0.0} s.")]
    private static partial void ConnectionEnded(ILogger logger, string problem, double seconds);
}
