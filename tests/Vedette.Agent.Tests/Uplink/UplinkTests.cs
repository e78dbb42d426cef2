using System.Collections.Concurrent;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vedette.Agent.Tests.Uplink;

public sealed class UplinkTests : IAsyncDisposable
{
    private readonly TestHub hub = new();
    private readonly Outbox outbox = new();
    private readonly CancellationTokenSource stop = new();
    private readonly HeardLogger heard = new();
    private Task running = Task.CompletedTask;
    private Agent.Uplink? uplink;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        stop.Dispose();
    }

    [Fact]
    public async Task Everything_reaches_the_hub_once_and_in_order()
    {
        Start(TimeProvider.System);
        for (var key = 0; key < 5000; key++) outbox.Add(OutboxTests.Sample(key));
        await Until.True(() => hub.Committed == 5000, "all is stored");
        await Until.True(() => outbox.IsSettled, "all is released");
        hub.Stored.ShouldAllBe(stored => (long)stored.Key == stored.Value + 1);
        hub.Surprises.ShouldBeEmpty();
        outbox.FirstSeq.ShouldBe(5001UL);
    }

    [Fact]
    public async Task What_was_not_acknowledged_is_sent_again_and_nothing_else()
    {
        hub.Acknowledges = false;
        OutboxTests.Fill(outbox, 1200);
        Start(TimeProvider.System);
        await Until.True(() => hub.Stored.Count == 1200, "all has come once");
        await hub.Output!.CompleteAsync();

        (hub.Committed, hub.Acknowledges) = (512, true);
        await Until.True(() => hub.Committed == 1200, "the rest came again");
        hub.Connections.ShouldBe(2);
        hub.Surprises.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hub_that_stores_nothing_is_sent_no_more_than_the_window()
    {
        hub.Acknowledges = false;
        OutboxTests.Fill(outbox, 10_000);
        Start(TimeProvider.System);
        await Until.True(() => hub.Stored.Count >= 2048, "the window is full");
        hub.Stored.Count.ShouldBeLessThan(2048 + 512);
        hub.Acknowledges = true;
        await hub.AcknowledgeAsync(hub.Writer!, (ulong)hub.Stored.Count);
        await Until.True(() => hub.Committed == 10_000, "the rest follows");
        hub.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task An_overflow_while_the_hub_is_away_arrives_as_one_gap_with_exact_numbers()
    {
        var small = new Outbox(mostHeld: 1000);
        for (var i = 0; i < 30; i++) OutboxTests.Fill(small, 100);
        Start(TimeProvider.System, with: small);
        await Until.True(() => hub.Committed == 3000, "all is accounted for");
        hub.Gaps.ShouldBe([(1UL, 2000UL, Outbox.Overflow)]);
        hub.Stored.Keys.Order().ShouldBe(Enumerable.Range(2001, 1000).Select(seq => (ulong)seq));
        hub.Surprises.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hub_restored_from_a_backup_is_told_what_it_lost_and_goes_on()
    {
        OutboxTests.Fill(outbox, 600);
        Start(TimeProvider.System);
        await Until.True(() => hub.Committed == 600 && outbox.IsSettled, "all is stored");
        hub.Committed = 100;
        await hub.Output!.CompleteAsync();
        await Until.True(() => hub.Committed == 600, "the gap is known");
        hub.Gaps.ShouldBe([(101UL, 600UL, Outbox.Released)]);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("endless")]
    [InlineData("half")]
    [InlineData("empty frame")]
    [InlineData("ack first")]
    [InlineData("ack ahead")]
    [InlineData("need ahead")]
    [InlineData("welcome ahead")]
    [InlineData("welcome twice")]
    [InlineData("close")]
    [InlineData("close with an error")]
    [InlineData("goodbye")]
    public async Task A_lying_hub_is_left_and_an_honest_one_gets_everything(string lie)
    {
        hub.Greeting = pipe => LieAsync(lie, pipe.Output);
        OutboxTests.Fill(outbox, 700);
        Start(TimeProvider.System);
        await Until.True(() => hub.Committed == 700 && outbox.IsSettled, "the second connection is an honest one");
        hub.Connections.ShouldBe(2);
        hub.Stored.Count.ShouldBe(700);
        running.IsCompleted.ShouldBeFalse();
    }

    [Theory]
    [InlineData(20, false, 20, 25)]
    [InlineData(20, true, 20, 25)]
    [InlineData(uint.MaxValue, false, 3600, 4200)]
    public async Task A_refusal_is_heard_although_the_hub_listens_no_more_and_its_pause_is_kept_within_reason(uint asked, bool afterWelcome, int least, int most)
    {
        var time = new ManualTime();
        hub.Greeting = async pipe =>
        {
            var writer = new FrameWriter(pipe.Output);
            if (afterWelcome)
            {
                // It stops listening first and says why a moment later, when the agent has noticed.
                await pipe.Input.CompleteAsync();
                await writer.WriteAsync(new HubFrame { Welcome = new() }, CancellationToken.None);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }

            await writer.WriteAsync(new HubFrame { Refusal = new() { Reason = "busy", Message = "later", RetryAfterSeconds = asked } }, CancellationToken.None);
            return false;
        };
        OutboxTests.Fill(outbox, 10);
        Start(time);
        await Until.True(() => !heard.Messages.IsEmpty, "the connection has ended");
        heard.Messages.ShouldHaveSingleItem().ShouldStartWith("The connection to the hub ended: the hub refused it: later.");
        var start = time.GetUtcNow();
        await Until.True(() => Advanced(time, () => hub.Connections == 2, TimeSpan.FromSeconds(least / 40.0)), "it comes again");
        (time.GetUtcNow() - start).TotalSeconds.ShouldBeInRange(least, most);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hub_that_goes_silent_is_left_within_a_minute(bool afterWelcome)
    {
        var time = new ManualTime();
        if (afterWelcome) hub.Acknowledges = false;
        else hub.Greeting = _ => Task.FromResult(true);
        OutboxTests.Fill(outbox, 10);
        Start(time);
        var start = time.GetUtcNow();
        await Until.True(() => hub.Received == (afterWelcome ? 2 : 1), "it has sent what it may");
        hub.Acknowledges = true;
        await Until.True(() => Advanced(time, () => hub.Connections == 2), "it connects anew");
        heard.Messages.First().ShouldContain(afterWelcome ? "the hub has stored nothing for 30s" : "the hub has not answered for 30s");
        (time.GetUtcNow() - start).TotalSeconds.ShouldBeInRange(29, 62);
        await Until.True(() => Advanced(time, () => hub.Committed >= 10), "the new one gets everything");
    }

    [Fact]
    public async Task An_idle_connection_is_kept()
    {
        var time = new ManualTime();
        OutboxTests.Fill(outbox, 10);
        Start(time);
        await Until.True(() => outbox.IsSettled, "the outbox is empty");
        for (var i = 0; i < 50; i++)
        {
            time.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        hub.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Attempts_that_fail_come_with_growing_jittered_pauses_of_a_minute_at_most()
    {
        var time = new ManualTime();
        var attempts = new List<DateTimeOffset>();
        Start(time, connect: _ =>
        {
            lock (attempts) attempts.Add(time.GetUtcNow());
            throw new IOException("nobody listens");
        });
        for (var second = 0; second < 1200; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await Until.True(() => Advanced(time, () => attempts.Count > 30), "it never gives up");
        var pauses = attempts.Zip(attempts.Skip(1), (a, b) => b - a).ToList();
        pauses.Take(3).ShouldAllBe(pause => pause < TimeSpan.FromSeconds(4));
        pauses.ShouldAllBe(pause => pause < TimeSpan.FromSeconds(62));
        pauses.Skip(10).Max().ShouldBeGreaterThan(TimeSpan.FromSeconds(15));
        pauses.Skip(10).Distinct().Count().ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_flush_ends_when_all_is_stored_and_when_patience_does()
    {
        Start(TimeProvider.System);
        outbox.Add(OutboxTests.Sample(1));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        await uplink!.FlushAsync(patience.Token);
        hub.Committed.ShouldBe(1UL);

        hub.Acknowledges = false;
        outbox.Add(OutboxTests.Sample(2));
        using var little = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await uplink.FlushAsync(little.Token);
        little.IsCancellationRequested.ShouldBeTrue();
        outbox.IsSettled.ShouldBeFalse();
    }

    private static async Task<bool> LieAsync(string lie, PipeWriter output)
    {
        var writer = new FrameWriter(output);
        Task Say(HubFrame frame) => writer.WriteAsync(frame, CancellationToken.None).AsTask();
        var welcome = new HubFrame { Welcome = new() { CommittedSeq = 0, HeartbeatSeconds = 10 } };
        switch (lie)
        {
            case "garbage": await output.WriteAsync(new byte[] { 5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }); break;
            case "endless": await output.WriteAsync(new byte[] { 0xFF, 0xFF, 0x7F }); break;
            case "half":
                await output.WriteAsync(new byte[] { 9, 1 });
                await output.CompleteAsync();
                break;
            case "empty frame": await Say(new()); break;
            case "ack first": await Say(new() { Ack = new() { CommittedSeq = 1 } }); break;
            case "ack ahead":
                await Say(welcome);
                await Say(new() { Ack = new() { CommittedSeq = 100_000 } });
                break;
            case "need ahead":
                await Say(welcome);
                await Say(new() { Need = new() { FromSeq = 100_000 } });
                break;
            case "welcome ahead": await Say(new() { Welcome = new() { CommittedSeq = 100_000 } }); break;
            case "welcome twice":
                await Say(welcome);
                await Say(welcome);
                break;
            case "close": await output.CompleteAsync(); break;
            case "close with an error": await output.CompleteAsync(new IOException("reset")); break;
            default: await Say(new() { Goodbye = new() { SpreadSeconds = 0 } }); break;
        }

        return true;
    }

    private static bool Advanced(ManualTime time, Func<bool> condition, TimeSpan? step = null)
    {
        if (condition()) return true;
        time.Advance(step ?? TimeSpan.FromMilliseconds(500));
        return condition();
    }

    private void Start(TimeProvider time, Outbox? with = null, Func<CancellationToken, ValueTask<IDuplexPipe>>? connect = null)
    {
        uplink = new Agent.Uplink("local", new byte[16], with ?? outbox, connect ?? hub.ConnectAsync, _ => { }, time, heard);
        var supervisor = new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance, loop => throw new InvalidOperationException(loop));
        running = Task.WhenAll(supervisor.RunAsync("batches", uplink.BatchAsync, stop.Token), supervisor.RunAsync("uplink", uplink.ConnectAsync, stop.Token));
    }

    private sealed class HeardLogger : ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Enqueue(formatter(state, exception));
    }
}
