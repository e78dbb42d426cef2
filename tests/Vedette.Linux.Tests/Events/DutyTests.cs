using System.Collections.Concurrent;
using Vedette.Linux.Events;

namespace Vedette.Linux.Tests.Events;

public sealed class DutyTests
{
    // Longer than any test waits: only the bell cuts it short.
    private const int ForEver = 3_600_000;

    private readonly TaskCompletionSource worked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Whoever_asks_is_worked_for_however_many_ask_at_once()
    {
        var (queue, served) = (new ConcurrentQueue<int>(), new ConcurrentBag<int>());
        await using var thread = Start(() =>
        {
            while (queue.TryDequeue(out var number)) served.Add(number);
            if (served.Count == 40_000) worked.TrySetResult();
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(asker => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                queue.Enqueue((asker * 10_000) + i);
                thread.Wake().ShouldBeTrue();
            }
        })));
        await worked.Task.WaitAsync(Patience);
        served.Distinct().Count().ShouldBe(40_000);
    }

    [Fact]
    public async Task Work_that_throws_is_told_and_the_next_is_done()
    {
        var faults = new ConcurrentQueue<string>();
        await using var thread = Start(
            () =>
            {
                if (faults.IsEmpty) throw new InvalidOperationException("a bug");
                worked.TrySetResult();
            },
            faulted: bug =>
            {
                faults.Enqueue(bug.Message);
                asked.TrySetResult();
            });
        thread.Wake();
        await asked.Task.WaitAsync(Patience);
        thread.Wake();
        await worked.Task.WaitAsync(Patience);
        faults.ShouldBe(["a bug"]);
    }

    [Fact]
    public async Task A_rest_is_cut_short_by_work()
    {
        await using var thread = Start(
            () =>
            {
                if (asked.Task.IsCompleted) worked.TrySetResult();
            },
            rest: () =>
            {
                asked.TrySetResult();
                return ForEver;
            });
        thread.Wake();
        await asked.Task.WaitAsync(Patience);
        thread.Wake();
        await worked.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Who_asks_while_it_gathers_has_its_work_done_in_the_same_turn()
    {
        var (queue, turns) = (new ConcurrentQueue<int>(), new ConcurrentQueue<int>());
        await using var thread = Start(
            () =>
            {
                turns.Enqueue(queue.Count);
                queue.Clear();
                if (turns.Count == 1) asked.SetResult();
                else worked.TrySetResult();
            },
            gather: () =>
            {
                // Ten come while the thread would still sleep; none of them rings.
                for (var i = 0; turns.IsEmpty && i < 10; i++)
                {
                    queue.Enqueue(i);
                    Wake!().ShouldBeTrue();
                }

                return 1;
            });
        Wake = thread.Wake;
        thread.Wake();
        await asked.Task.WaitAsync(Patience);

        // Had one of them rung, there would be a turn for nothing before this one's.
        queue.Enqueue(10);
        thread.Wake();
        await worked.Task.WaitAsync(Patience);
        turns.ShouldBe([10, 1]);
    }

    [Fact]
    public async Task It_ends_while_it_rests_and_then_nobody_is_told_that_work_will_be_done()
    {
        var thread = Start(
            worked.SetResult,
            rest: () =>
            {
                asked.TrySetResult();
                return ForEver;
            });
        thread.Wake();
        await asked.Task.WaitAsync(Patience);
        await thread.DisposeAsync().AsTask().WaitAsync(Patience);
        thread.Wake().ShouldBeFalse();
    }

    private static TimeSpan Patience => TimeSpan.FromSeconds(10);

    private Func<bool>? Wake { get; set; }

    private static EpollThread Start(Action work, Func<int>? gather = null, Func<int>? rest = null, Action<Exception>? faulted = null) =>
        EpollThread.Start("duty", out _, new Duty(work, gather ?? (static () => 0), rest ?? (static () => 0), faulted ?? (static _ => { }))).ShouldNotBeNull();
}
