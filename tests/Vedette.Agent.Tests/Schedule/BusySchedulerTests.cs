using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vedette.Agent.Tests.Schedule;

[Collection(nameof(RealTime))]
public sealed class BusySchedulerTests
{
    [Fact]
    public async Task Five_thousand_checks_a_second_run_on_few_threads_and_none_is_missed()
    {
        const int checks = 5000;
        var counts = new ConcurrentDictionary<long, int>();
        using var watch = new LatenessWatch(TimeProvider.System);
        var busy = new Scheduler(
            new Runner("local", TimeProvider.System, watch, NullLogger<Runner>.Instance),
            TimeProvider.System,
            result => counts.AddOrUpdate(result.CheckKey, 1, (_, count) => count + 1),
            NullLogger<Scheduler>.Instance);
        var queue = new Queue(checks / 5);
        for (var key = 0; key < checks; key++) busy.Set(key, FakeProbe.Bound($"c{key}", TimeSpan.FromSeconds(1), queue.Run));
        var most = 0;
        await Until.True(() =>
        {
            most = Math.Max(most, ThreadPool.ThreadCount);
            return counts.Count == checks && counts.Values.All(count => count >= 3);
        }, "every check has run three times");
        busy.MissedSlots.ShouldBe(0);
        (counts.Values.Max() - counts.Values.Min()).ShouldBeLessThanOrEqualTo(1);
        most.ShouldBeLessThan(32);
        await busy.DisposeAsync();
    }

    /// <summary>A probe whose run ends when so many more have begun behind it: so many are always going on, as when targets take their time.</summary>
    private sealed class Queue(int length)
    {
        private readonly ConcurrentQueue<TaskCompletionSource> waiting = new();

        public async ValueTask<Observation> Run(RunContext run)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(turn);
            if (waiting.Count > length && waiting.TryDequeue(out var first)) first.TrySetResult();
            await turn.Task.WaitAsync(run.Cancellation);
            return new Observation().Up();
        }
    }
}
