using System.IO.Pipelines;
using System.Threading.Channels;
using Vedette.Wire;

namespace Vedette.Agent;

/// <summary>How a connection ended.</summary>
/// <param name="Problem">Why, in words.</param>
/// <param name="Pause">How long the hub wants to be left alone.</param>
internal readonly record struct Ending(string Problem, TimeSpan Pause = default);

/// <summary>One connection to the hub, from hello to its end: sends what the outbox holds, releases what is acknowledged, takes assignments.</summary>
/// <param name="pipe">The bytes. Left open.</param>
/// <param name="session">The contract, new.</param>
/// <param name="outbox">What is to be sent.</param>
/// <param name="sendable">Says that there may be something to send.</param>
/// <param name="assign">Takes what is to be run.</param>
/// <param name="time">Clock of patience.</param>
internal sealed class Connection(IDuplexPipe pipe, AgentSession session, Outbox outbox, Channel<bool> sendable, Action<Assignment> assign, TimeProvider time)
{
    /// <summary>A hub that owes a welcome or an acknowledgement and gives none for this long is left; at the latest after twice as long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // No lying hub puts an agent to sleep for longer.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private const ulong MostInFlight = 2048;

    private readonly Lock gate = new();

    /// <summary>Runs it to its end. Throws only when stopped, or for a bug.</summary>
    public async Task<Ending> RunAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = ReadAsync(over.Token);
        var sending = SendAsync(reading, over.Token);
        var watching = WatchAsync(over.Token);
        var ended = await Task.WhenAny(reading, sending, watching);
        await over.CancelAsync();
        Task all = Task.WhenAll(reading, sending, watching);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await ended;
    }

    private async Task<Ending> ReadAsync(CancellationToken cancellation)
    {
        var reader = new FrameReader<HubFrame>(pipe.Input, HubFrame.Parser);
        try
        {
            while (true)
            {
                var (frame, problem) = await reader.ReadAsync(cancellation);
                if (frame is null) return new(problem ?? "the hub closed it");
                if (Take(frame) is { } ending) return ending;
                sendable.Writer.TryWrite(true);
            }
        }
        catch (IOException e)
        {
            return new(e.Message);
        }
    }

    private Ending? Take(HubFrame frame)
    {
        AgentEffect effect;
        lock (gate) effect = session.Receive(frame, outbox.LastSeq);
        switch (effect)
        {
            case AgentEffect.Acknowledged acknowledged: outbox.Release(acknowledged.CommittedSeq); return null;
            case AgentEffect.Assigned assigned: assign(assigned.Assignment); return null;
            case AgentEffect.Refused refused: return new($"the hub refused it: {refused.Message}", Shorter(refused.RetryAfter, LongestPause));
            case AgentEffect.Ended ended: return new("the hub is going", Shorter(ended.Spread, LongestPause) * Random.Shared.NextDouble());
            case AgentEffect.Broken broken: return new(broken.Problem);
            default: return null;
        }
    }

    private async Task<Ending> SendAsync(Task<Ending> reading, CancellationToken cancellation)
    {
        var writer = new FrameWriter(pipe.Output);
        try
        {
            AgentFrame? frame = session.Hello(outbox.FirstSeq, outbox.LastSeq);
            while (true)
            {
                for (; frame is not null; frame = Next())
                    if (!await writer.WriteAsync(frame, cancellation)) return await reading;
                await sendable.Reader.ReadAsync(cancellation);
                frame = Next();
            }
        }
        catch (IOException)
        {
            // A hub that listens no more may have said why.
            return await reading;
        }
    }

    private AgentFrame? Next()
    {
        lock (gate)
        {
            if (!session.IsWelcome || session.InFlight >= MostInFlight || outbox.From(session.NextSeq) is not { } next) return null;
            session.Sent(next.LastSeq);
            return next.Frame;
        }
    }

    // A finished write is no proof of delivery: a peer that vanished, or that reads and stores nothing, is known by this alone.
    private async Task<Ending> WatchAsync(CancellationToken cancellation)
    {
        for (var owed = Owed(); ;)
        {
            await Task.Delay(Patience, time, cancellation);
            var still = Owed();
            if (still is not null && still == owed) return new($"the hub {(still.Value.IsWelcome ? "has stored nothing" : "has not answered")} for {Durations.Format(Patience)}");
            owed = still;
        }
    }

    private (bool IsWelcome, ulong Committed)? Owed()
    {
        lock (gate) return session is { IsWelcome: true, InFlight: 0 } ? null : (session.IsWelcome, session.Committed);
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
