using System.Net;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Traceroute;

/// <summary>One check: its target and options, read once, and the routes that it has seen.</summary>
internal sealed class BoundTrace
{
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(100);

    private readonly Resolver resolver;
    private readonly Channels channels;
    private readonly string host;
    private readonly Family family;
    private readonly TraceTerms terms;
    private readonly string method;
    private readonly KnownRoutes routes = new();

    public BoundTrace(Resolver resolver, Channels channels, string target, OptionValues options)
    {
        (this.resolver, this.channels, host) = (resolver, channels, Targets.Unbracket(target));
        (family, terms, method) = (options.Family(), TraceTerms.From(host, options), options.Text("method")!);
    }

    public async ValueTask<Observation> RunAsync(RunContext run)
    {
        var seen = new Observation();
        if (await resolver.FindAsync(host, family, seen, run) is not { } address) return seen;
        seen.Describe("method", method);
        return await FollowAsync(address, seen, run);
    }

    private async Task<Observation> FollowAsync(IPAddress target, Observation seen, RunContext run)
    {
        var start = run.Elapsed;
        using var channel = channels.Open(target, terms, out var failure);
        if (channel is null) return failure!.Value.ApplyTo(seen);
        seen.Describe("flow", FormattableString.Invariant($"{channel.Flow.SourcePort}"));
        var trace = new Trace(terms, Patience(run.Timeout), channel.OneByOne);
        failure = await FollowAsync(trace, channel, run);
        seen.AddPhase("trace", run.Elapsed - start);
        new TraceVerdict(trace, target, terms, run).Conclude(seen, failure, routes);
        return seen;
    }

    private static async Task<Failure?> FollowAsync(Trace trace, Channel channel, RunContext run)
    {
        while (!run.Cancellation.IsCancellationRequested)
        {
            var now = run.Elapsed;
            channel.Read(trace, now);
            if (trace.IsOver(now)) return null;
            if (trace.Next(now) is not { } distance) await WaitAsync(channel, trace.Due(now) - now, run);
            else if (channel.Send(trace, distance, now) is { } refused) return refused;
        }

        return null;
    }

    private static async Task WaitAsync(Channel channel, TimeSpan time, RunContext run)
    {
        var ready = channel.ReadyAsync();
        if (ready.IsCompleted) return;

        // A little longer than until then: a timer may fire early, and going round without need costs more.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation);
        await Task.WhenAny(ready, Task.Delay((time > TimeSpan.Zero ? time : TimeSpan.Zero) + TimeSpan.FromMilliseconds(1), run.Time, over.Token));

        // Of a flood each packet leaves a timer, which would be kept until it is due.
        await over.CancelAsync();
    }

    // So that a path whose end is silent can be followed to where it gives out, and said so, within the timeout.
    private static TimeSpan Patience(TimeSpan timeout)
    {
        var share = timeout / 10;
        return share > MostPatience ? MostPatience : share < LeastPatience ? LeastPatience : share;
    }
}
