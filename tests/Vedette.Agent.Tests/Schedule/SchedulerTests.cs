using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vedette.Agent.Tests.Schedule;

public sealed class SchedulerTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstStep = TimeSpan.FromSeconds(1.1);
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly ManualTime time = new();
    private readonly ConcurrentQueue<Result> results = new();
    private readonly LatenessWatch lateness;
    private readonly Scheduler scheduler;

    public SchedulerTests()
    {
        lateness = new LatenessWatch(time);
        scheduler = new Scheduler(new Runner("local", time, lateness, NullLogger<Runner>.Instance), time, results.Enqueue, NullLogger<Scheduler>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await scheduler.DisposeAsync();
        lateness.Dispose();
    }

    [Fact]
    public async Task Runs_stand_on_the_grid_without_drift_and_none_is_early()
    {
        await SetOnGrid("a");
        var grid = new Grid("a", Interval);
        var slot = grid.After(time.GetUtcNow());
        for (var i = 0; i < 500; i++, slot += Interval)
        {
            var result = await AdvanceToResult(slot);
            result.ScheduledAt.ShouldBe(slot);
            (result.StartedAt - slot).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
        }

        scheduler.MissedSlots.ShouldBe(0);
    }

    [Fact]
    public async Task A_new_check_runs_at_once_and_then_on_its_grid()
    {
        Align("a", toSlot: TimeSpan.FromSeconds(20));
        var now = time.GetUtcNow();
        scheduler.Set(1, FakeProbe.Bound("a", Interval, FakeProbe.Up));
        var first = await AdvanceToResult(now + TimeSpan.FromMilliseconds(50));
        (first.ScheduledAt - now).ShouldBeInRange(-TimeSpan.FromMilliseconds(1), TimeSpan.Zero);
        first.CheckKey.ShouldBe(1);
        var second = await AdvanceToResult(now + TimeSpan.FromSeconds(20));
        second.ScheduledAt.ShouldBe(new Grid("a", Interval).After(now));
        results.Count.ShouldBe(2);
        scheduler.MissedSlots.ShouldBe(0);
    }

    [Fact]
    public async Task A_new_check_whose_slot_is_within_a_second_waits_for_it()
    {
        Align("a", toSlot: TimeSpan.FromMilliseconds(900));
        scheduler.Set(1, FakeProbe.Bound("a", Interval, FakeProbe.Up));
        var only = await AdvanceToResult(time.GetUtcNow() + TimeSpan.FromSeconds(5));
        only.ScheduledAt.ShouldBe(new Grid("a", Interval).After(only.ScheduledAt.AddTicks(-1)));
        results.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_thousand_checks_assigned_together_do_not_start_together()
    {
        var start = time.GetUtcNow();
        for (var key = 0; key < 1000; key++) scheduler.Set(key, FakeProbe.Bound($"c{key}", Interval, FakeProbe.Up));
        time.Advance(TimeSpan.FromSeconds(7));
        await Until.True(() => results.Select(result => result.CheckKey).Distinct().Count() == 1000, "all have run once");
        results.GroupBy(result => (result.ScheduledAt - start).Ticks / TimeSpan.FromMilliseconds(100).Ticks).Max(group => group.Count()).ShouldBeLessThan(40);
        results.GroupBy(result => (result.CheckKey, result.ScheduledAt)).ShouldAllBe(slot => slot.Count() == 1);
        scheduler.MissedSlots.ShouldBe(0);
    }

    [Fact]
    public async Task While_this_process_is_late_few_begin_at_once_and_all_have_their_turn()
    {
        var begun = 0;
        scheduler.Set(0, FakeProbe.Bound("silent", Interval, FakeProbe.Silent));
        time.Advance(TimeSpan.FromMilliseconds(10));
        for (var key = 1; key <= 300; key++)
        {
            scheduler.Set(key, FakeProbe.Bound($"c{key}", Interval, _ =>
            {
                Interlocked.Increment(ref begun);
                return new(new Observation().Up());
            }));
        }

        time.Freeze(TimeSpan.FromSeconds(1.9));
        time.Advance(TimeSpan.Zero);
        await Until.True(() => Volatile.Read(ref begun) > 0, "some have begun");
        Volatile.Read(ref begun).ShouldBeLessThanOrEqualTo(Pace.Least);
        time.Advance(Interval);
        await Until.True(() => results.Select(result => result.CheckKey).Where(key => key > 0).Distinct().Count() == 300, "all have run");
    }

    [Fact]
    public async Task A_target_that_never_answers_is_tried_in_every_slot_although_the_timeout_is_the_interval()
    {
        var begun = 0;
        await SetOnGrid("a", run =>
        {
            Interlocked.Increment(ref begun);
            return FakeProbe.Silent(run);
        });
        var slot = new Grid("a", Interval).After(time.GetUtcNow());
        time.Advance(slot - time.GetUtcNow());
        for (var ended = 1; ended < 5; ended++)
        {
            await Until.True(() => Volatile.Read(ref begun) == ended, $"{ended} runs have begun");
            time.Advance(Interval);
            await Until.True(() => results.Count == ended, $"{ended} runs have timed out");
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        results.ShouldAllBe(result => result.Reason == Reasons.Timeout);
        results.Select(result => result.ScheduledAt).ShouldBe(Enumerable.Range(0, 4).Select(i => slot + (i * Interval)));
        scheduler.MissedSlots.ShouldBe(0);
    }

    [Fact]
    public async Task One_check_never_runs_twice_at_once_and_slots_that_could_not_run_are_counted()
    {
        var gate = new Gate();
        await SetOnGrid("a", gate.Run, Never);
        var slot = new Grid("a", Interval).After(time.GetUtcNow());
        time.Advance(slot - time.GetUtcNow());
        await Until.True(() => gate.Inside == 1, "the first run is going on");
        time.Advance(Interval * 3);
        gate.Open();
        await Until.True(() => results.Count == 2, "the run has ended, and the slot that waited was run");
        gate.Most.ShouldBe(1);
        results.Select(result => result.ScheduledAt).ShouldBe([slot, slot + (Interval * 3)]);
        scheduler.MissedSlots.ShouldBe(2);
    }

    [Fact]
    public async Task An_edit_during_a_run_waits_for_its_end_and_gives_no_result_of_the_old()
    {
        var gate = new Gate();
        await SetOnGrid("a", gate.Run, Never);
        time.Advance(new Grid("a", Interval).After(time.GetUtcNow()) - time.GetUtcNow());
        await Until.True(() => gate.Inside == 1, "the first run is going on");

        var edited = BoundCheck.Bind(FakeProbe.Check("a", Interval, Never) with { Name = "edited" }, new FakeProbe(gate.Run), new Problems())!;
        scheduler.Set(1, edited);
        var editedAt = time.GetUtcNow();
        time.Advance(TimeSpan.FromSeconds(1.5));
        gate.Open();
        await Until.True(() => results.Count == 1, "the edited check has run");
        gate.Most.ShouldBe(1);
        gate.Runs.ShouldBe(2);
        results.Single().ScheduledAt.ShouldBe(editedAt, TimeSpan.FromMilliseconds(5));
        scheduler.MissedSlots.ShouldBe(0);
    }

    [Fact]
    public async Task Removing_a_check_during_its_run_leaves_no_result_and_disposal_waits_for_the_run()
    {
        var gate = new Gate();
        await SetOnGrid("a", gate.Run, Never);
        time.Advance(new Grid("a", Interval).After(time.GetUtcNow()) - time.GetUtcNow());
        await Until.True(() => gate.Inside == 1, "the run is going on");
        scheduler.Remove(1);
        scheduler.Keys.ShouldBeEmpty();
        var disposal = scheduler.DisposeAsync().AsTask();
        disposal.IsCompleted.ShouldBeFalse();
        gate.Open();
        await disposal;
        results.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_check_again_changes_nothing()
    {
        await SetOnGrid("a");
        await AdvanceToResult(time.GetUtcNow() + TimeSpan.FromSeconds(1));
        scheduler.Set(1, FakeProbe.Bound("a", Interval, FakeProbe.Up));
        time.Advance(TimeSpan.FromSeconds(20));
        await Settled();
        results.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_runs_after_disposal()
    {
        await scheduler.DisposeAsync();
        scheduler.Set(1, FakeProbe.Bound("a", Interval, FakeProbe.Up));
        scheduler.Keys.ShouldBeEmpty();
        time.Advance(Interval * 2);
        results.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_slept_or_a_process_that_stood_still_goes_on_at_the_next_slots_without_a_burst(bool asleep)
    {
        const int checks = 300;
        for (var key = 0; key < checks; key++) scheduler.Set(key, FakeProbe.Bound($"c{key}", Interval, FakeProbe.Up));
        await AdvanceInSteps(Interval + Step);
        results.Select(result => result.CheckKey).Distinct().Count().ShouldBe(checks);
        scheduler.MissedSlots.ShouldBe(0);
        var (ran, awake) = (results.Count, time.GetUtcNow());

        if (asleep) time.SetWall(TimeSpan.FromHours(8));
        else time.Freeze(TimeSpan.FromHours(8));
        var resumed = time.GetUtcNow();
        time.Advance(FirstStep);
        await Settled();
        (results.Count - ran).ShouldBeLessThan(checks / 5);
        await AdvanceInSteps(resumed + Interval + TimeSpan.FromSeconds(1) - time.GetUtcNow());

        var later = results.Skip(ran).ToList();
        later.Select(result => result.CheckKey).Distinct().Count().ShouldBe(checks);
        later.ShouldAllBe(result => result.StartedAt - result.ScheduledAt >= TimeSpan.Zero && result.StartedAt - result.ScheduledAt <= Scheduler.MostLate + FirstStep);
        var slots = Enumerable.Range(0, checks).Sum(key => Slots($"c{key}", awake, time.GetUtcNow()));
        (later.Count + scheduler.MissedSlots).ShouldBe(slots);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(-7)]
    [InlineData(-0.2)]
    [InlineData(3600)]
    public async Task A_clock_that_was_set_leaves_no_check_behind_and_gives_no_slot_twice_nearby(double seconds)
    {
        await SetOnGrid("a");
        var slot = new Grid("a", Interval).After(time.GetUtcNow());
        await AdvanceToResult(slot + TimeSpan.FromMilliseconds(100));

        time.SetWall(TimeSpan.FromSeconds(seconds));
        time.Advance(FirstStep);
        await Settled();
        var end = time.GetUtcNow() + (Interval * 2) + TimeSpan.FromSeconds(1);
        while (time.GetUtcNow() < end)
        {
            time.Advance(new Grid("a", Interval).After(time.GetUtcNow()) - time.GetUtcNow());
            await Settled();
        }

        results.Count.ShouldBeInRange(3, 5);
        results.Select(result => result.ScheduledAt).ShouldBeUnique();
        results.ShouldAllBe(result => result.StartedAt >= result.ScheduledAt && result.StartedAt - result.ScheduledAt < Scheduler.MostLate);
    }

    // Just before a slot nothing runs off the grid.
    private async Task SetOnGrid(string id, ProbeRun? run = null, TimeSpan? timeout = null)
    {
        Align(id, toSlot: TimeSpan.FromMilliseconds(700));
        scheduler.Set(1, FakeProbe.Bound(id, Interval, run ?? FakeProbe.Up, timeout));
        await Settled();
        results.ShouldBeEmpty();
    }

    private void Align(string id, TimeSpan toSlot)
    {
        var ahead = new Grid(id, Interval).After(time.GetUtcNow()) - time.GetUtcNow() - toSlot;
        time.Advance(ahead < TimeSpan.Zero ? ahead + Interval : ahead);
    }

    private async Task<Result> AdvanceToResult(DateTimeOffset to)
    {
        var before = results.Count;
        time.Advance(to - time.GetUtcNow());
        await Until.True(() => results.Count > before, "a result");
        return results.Last();
    }

    private async Task AdvanceInSteps(TimeSpan span)
    {
        for (var end = time.GetUtcNow() + span; time.GetUtcNow() < end;)
        {
            time.Advance(Step);
            await Settled();
        }
    }

    private Task Settled() => Until.True(() => scheduler.RunsGoingOn == 0, "all runs have ended");

    private static long Slots(string id, DateTimeOffset after, DateTimeOffset upTo)
    {
        var grid = new Grid(id, Interval);
        return (grid.After(upTo) - grid.After(after)).Ticks / Interval.Ticks;
    }

    /// <summary>A probe that hears nothing until it is let go, and counts who is inside.</summary>
    private sealed class Gate
    {
        private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int inside;
        private int most;
        private int runs;

        public int Inside => Volatile.Read(ref inside);

        public int Most => Volatile.Read(ref most);

        public int Runs => Volatile.Read(ref runs);

        public void Open() => open.TrySetResult();

        public async ValueTask<Observation> Run(RunContext run)
        {
            Interlocked.Increment(ref runs);
            var now = Interlocked.Increment(ref inside);
            if (now > Most) Interlocked.Exchange(ref most, now);
            await open.Task;
            Interlocked.Decrement(ref inside);
            return new Observation().Up();
        }
    }
}
