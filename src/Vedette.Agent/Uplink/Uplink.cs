using System.IO.Pipelines;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Vedette.Wire;

namespace Vedette.Agent;

/// <summary>Keeps a connection to the hub: sends batches, hears acknowledgements and assignments, and connects again when it ends.</summary>
/// <param name="agent">The agent's name.</param>
/// <param name="epoch">Names the outbox's stream.</param>
/// <param name="outbox">What is to be sent.</param>
/// <param name="connect">Makes a connection.</param>
/// <param name="assign">Takes what is to be run.</param>
/// <param name="time">Clock of batching and back-off.</param>
/// <param name="logger">Hears of connections that broke.</param>
internal sealed partial class Uplink(
    string agent, ReadOnlyMemory<byte> epoch, Outbox outbox, Func<CancellationToken, ValueTask<IDuplexPipe>> connect, Action<Assignment> assign, TimeProvider time, ILogger logger)
{
    // A lone result goes at once; under load a batch leaves every 200 ms.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(60);
    private const ulong MostInFlight = 2048;

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
            outbox.Batch();
            Signal();
        }
    }

    /// <summary>Sends what is left and waits until the hub has it, as long as the token allows.</summary>
    public async Task FlushAsync(CancellationToken patience)
    {
        outbox.Batch();
        Signal();
        while (outbox.FirstSeq <= outbox.LastSeq && !patience.IsCancellationRequested)
            await Task.Delay(Linger, time, patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Connects again and again until stopped.</summary>
    public async Task ConnectAsync(CancellationToken stop)
    {
        for (var failures = 0; !stop.IsCancellationRequested; failures++)
        {
            var since = time.GetTimestamp();
            var (problem, pause) = await SessionAsync(stop);
            if (time.GetElapsedTime(since) > LongestBackOff) failures = 0;
            ConnectionEnded(logger, problem);
            // Full jitter, so that many agents do not come back at once.
            var most = TimeSpan.FromMilliseconds(Math.Min(LongestBackOff.TotalMilliseconds, 500 * Math.Pow(2, Math.Min(failures, 10))));
            await Task.Delay(pause + (most * Random.Shared.NextDouble()), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(string Problem, TimeSpan Pause)> SessionAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var session = new AgentSession(agent, epoch);
        IDuplexPipe? pipe = null;
        try
        {
            pipe = await connect(stop);
            var writer = new FrameWriter(pipe.Output);
            await writer.WriteAsync(session.Hello(outbox.FirstSeq, outbox.LastSeq), over.Token);
            var reading = ReadAsync(pipe.Input, session, over.Token);
            var sending = SendAsync(writer, session, over.Token);
            await Task.WhenAny(reading, sending);
            await over.CancelAsync();
            await sending;
            return await reading;
        }
        catch (IOException e)
        {
            return (e.Message, TimeSpan.Zero);
        }
        catch (OperationCanceledException)
        {
            return ("it was stopped", TimeSpan.Zero);
        }
        finally
        {
            if (pipe is not null)
            {
                await pipe.Output.CompleteAsync();
                await pipe.Input.CompleteAsync();
            }
        }
    }

    private async Task<(string Problem, TimeSpan Pause)> ReadAsync(PipeReader input, AgentSession session, CancellationToken cancellation)
    {
        var reader = new FrameReader<HubFrame>(input, HubFrame.Parser);
        while (true)
        {
            var (frame, problem) = await reader.ReadAsync(cancellation);
            if (frame is null) return (problem ?? "the hub closed it", TimeSpan.Zero);
            AgentEffect effect;
            lock (session) effect = session.Receive(frame, outbox.LastSeq);
            switch (effect)
            {
                case AgentEffect.Acknowledged acknowledged: outbox.Release(acknowledged.CommittedSeq); break;
                case AgentEffect.Assigned assigned: assign(assigned.Assignment); break;
                case AgentEffect.Refused refused: return (refused.Message, refused.RetryAfter);
                case AgentEffect.Ended ended: return ("the hub is going", ended.Spread * Random.Shared.NextDouble());
                case AgentEffect.Broken broken: return (broken.Problem, TimeSpan.Zero);
            }

            Signal();
        }
    }

    private async Task SendAsync(FrameWriter writer, AgentSession session, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                while (Next(session) is { } frame)
                    if (!await writer.WriteAsync(frame, cancellation)) return;
                await sendable.Reader.ReadAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }
    }

    private AgentFrame? Next(AgentSession session)
    {
        lock (session)
        {
            if (!session.IsWelcome || session.InFlight >= MostInFlight || session.NextSeq > outbox.LastSeq) return null;
            if (outbox.From(session.NextSeq) is not { } batch) return Gap(session, outbox.LastSeq);
            if (batch.FirstSeq > session.NextSeq) return Gap(session, batch.FirstSeq - 1);
            session.Sent(Outbox.Last(batch));
            return new() { Batch = batch };
        }
    }

    private static AgentFrame Gap(AgentSession session, ulong last)
    {
        var gap = new Gap { FirstSeq = session.NextSeq, LastSeq = last, Cause = "overflow" };
        session.Sent(last);
        return new() { Gap = gap };
    }

    private void Signal() => sendable.Writer.TryWrite(true);

    [LoggerMessage(201, LogLevel.Information, "The connection to the hub ended: {Problem}.")]
    private static partial void ConnectionEnded(ILogger logger, string problem);
}
