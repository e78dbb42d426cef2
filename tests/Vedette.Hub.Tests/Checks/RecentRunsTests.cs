using FsCheck;
using FsCheck.Fluent;
using Vedette.Hub.Checks;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Checks;

public sealed class RecentRunsTests
{
    // Which of the views made so far a run is added to, counted from the latest: mostly the latest itself, as the hub does.
    private static readonly Gen<int[]> Backwards = Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(0, 200))).ArrayOf(300);

    [Fact]
    public void Every_view_goes_on_showing_what_was_added_to_it_whatever_is_added_to_which() => Prop.ForAll(
        Backwards.ToArbitrary(),
        backwards =>
        {
            var views = new List<(RecentRuns Runs, RecentRun[] Expected)> { (RecentRuns.None, []) };
            foreach (var (slot, back) in backwards.Index())
            {
                var (runs, expected) = views[Math.Max(0, views.Count - 1 - back)];
                var run = One(slot);
                views.Add((Add(runs, run), [.. expected.Append(run).TakeLast(RecentRuns.Most)]));
            }

            foreach (var (runs, expected) in views) runs.ShouldBe(expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_runs_added_to_one_view_make_two_views()
    {
        var before = Add(RecentRuns.None, One(0));
        var (first, second) = (Add(before, One(1)), Add(before, One(2)));
        before.ShouldBe([One(0)]);
        first.ShouldBe([One(0), One(1)]);
        second.ShouldBe([One(0), One(2)]);
    }

    [Fact]
    public void There_is_nothing_beyond_what_a_view_shows()
    {
        var before = Add(RecentRuns.None, One(0));
        Add(before, One(1)).Count.ShouldBe(2);
        Should.Throw<ArgumentOutOfRangeException>(() => before[1]);
        Should.Throw<ArgumentOutOfRangeException>(() => before[-1]);
    }

    [Fact]
    public void Adding_to_the_latest_view_rarely_copies()
    {
        var runs = RecentRuns.None;
        for (var slot = 0; slot < 200; slot++) runs = Add(runs, One(slot));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var slot = 0; slot < 2100; slot++) runs = runs.With(At, Status.Up, 0.01, null);
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 2100).ShouldBeLessThan(300);
    }

    private static RecentRuns Add(RecentRuns runs, RecentRun run) => runs.With(run.At, run.Status, run.LatencySeconds, run.Reason);

    private static RecentRun One(int slot) => new(At.AddSeconds(slot), (Status)(slot % 4), slot / 7.0, slot % 4 == 1 ? null : $"reason {slot}");
}
