using System.Net;
using Vedette.Agent;
using Vedette.Probes.Icmp;

namespace Pings;

/// <summary>Pings loopback addresses in rounds, each by a task on the pool, as the agent's scheduler starts its runs.</summary>
/// <param name="targets">How many addresses.</param>
/// <param name="period">From the beginning of a round to that of the next.</param>
/// <param name="spread">Over how long the pings of a round begin; zero for all at once.</param>
internal sealed class EngineRounds(int targets, TimeSpan period, TimeSpan spread) : IAsyncDisposable
{
    // What the scheduler's timer has: slots closer together than this are started together.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly EchoTerms Terms = new(Size: 56);
    private static readonly StreamIds Ids = new();

    private readonly IcmpEngines engines = new();
    private readonly TimeProvider time = TimeProvider.System;
    private readonly IPAddress[] addresses = [.. Enumerable.Range(0, targets).Select(i => new IPAddress([127, 0, (byte)(i / 250), (byte)((i % 250) + 1)]))];
    private readonly EchoStream[] streams = [.. Enumerable.Range(0, targets).Select(_ => new EchoStream(Ids))];
    private readonly JointStart together = new();
    private int answered;

    /// <summary>Some rounds; how many pings were answered.</summary>
    public async Task<int> RunAsync(int rounds)
    {
        answered = 0;
        var start = time.GetTimestamp();
        for (var round = 1; round <= rounds; round++)
        {
            await RoundAsync();
            var left = (period * round) - time.GetElapsedTime(start);
            if (left > TimeSpan.Zero) await Task.Delay(left, time);
        }

        return answered;
    }

    public ValueTask DisposeAsync() => engines.DisposeAsync();

    private async Task RoundAsync()
    {
        var ticks = Math.Max(1, (int)(spread / Tick));
        var (begun, start) = (0, time.GetTimestamp());
        var flights = new Flight[targets];
        var pings = new Task[targets];
        for (var tick = 1; tick <= ticks; tick++)
        {
            for (; begun < (long)targets * tick / ticks; begun++) pings[begun] = PingAsync(begun, flights[begun] = new Flight(streams[begun]));
            JointStart.Go(together.Take());
            var left = (Tick * tick) - time.GetElapsedTime(start);
            if (tick < ticks && left > TimeSpan.Zero) await Task.Delay(left, time);
        }

        await using var patience = time.CreateTimer(_ => End(flights), null, Patience, Timeout.InfiniteTimeSpan);
        await Task.WhenAll(pings);
    }

    private void End(Flight[] flights)
    {
        var engine = engines.Open(v6: false, Terms, out var _)!;
        foreach (var flight in flights.Where(flight => !flight.IsOver)) engine.End(flight);
    }

    private async Task PingAsync(int number, Flight flight)
    {
        await together;
        var engine = engines.Open(v6: false, Terms, out var failure) ?? throw new InvalidOperationException($"cannot ping: {failure}");
        engine.Send(flight, addresses[number], Terms, Patience);
        if (flight.Complete()) flight.Announce();
        await flight.Landed;
        if (flight.Echoes[0].Rtt is not null) Interlocked.Increment(ref answered);
    }
}
