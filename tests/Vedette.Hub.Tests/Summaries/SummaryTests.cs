using Vedette.Hub.Summaries;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Summaries;

public sealed class SummaryTests
{
    [Fact]
    public void Availability_counts_what_was_measured_and_coverage_what_should_have_been()
    {
        var summary = Sum([Run(Status.Up), Run(Status.Up, 1), Run(Status.Degraded, 2), Run(Status.Down, 3), Run(Status.Unknown, 4)], new Gap("a", "local", At.AddSeconds(5), At.AddSeconds(9), 5, GapCauses.Missed));
        (summary.Up, summary.Degraded, summary.Down, summary.Unknown, summary.MissingSlots).ShouldBe((2, 1, 1, 1, 5));
        summary.Availability.ShouldBe(0.75);
        summary.Coverage.ShouldBe(0.4);
    }

    [Fact]
    public void Nothing_is_not_a_hundred_percent_of_anything()
    {
        var summary = Sum([]);
        (summary.Availability, summary.Coverage, summary.MeanSeconds, summary.P99Seconds, summary.LongestOutage).ShouldBe((null, null, null, null, null));
        Sum([Run(Status.Unknown)]).Availability.ShouldBeNull();
        Sum([Run(Status.Unknown)]).Coverage.ShouldBe(0);
    }

    [Fact]
    public void Latencies_are_of_runs_that_were_up_or_degraded_and_right_to_a_percent()
    {
        var random = new Random(7);
        var seconds = Enumerable.Range(0, 10_000).Select(_ => Math.Exp(random.NextDouble() * 10) * 1e-6).ToArray();
        var summary = Sum([.. seconds.Select((latency, slot) => Timed(slot % 2 == 0 ? Status.Up : Status.Degraded, slot, latency)), Timed(Status.Down, 10_000, 1000), Timed(Status.Unknown, 10_001, 1000)]);
        Array.Sort(seconds);
        summary.MeanSeconds!.Value.ShouldBe(seconds.Average(), 1e-9);
        summary.P50Seconds!.Value.ShouldBe(seconds[4_999], seconds[4_999] / 100);
        summary.P95Seconds!.Value.ShouldBe(seconds[9_499], seconds[9_499] / 100);
        summary.P99Seconds!.Value.ShouldBe(seconds[9_899], seconds[9_899] / 100);
    }

    [Fact]
    public void The_longest_outage_is_from_the_first_run_that_was_down_to_the_first_that_was_up_again()
    {
        var summary = Sum([Run(Status.Down), Run(Status.Up, 3), Run(Status.Down, 10), Run(Status.Unknown, 11), Run(Status.Down, 12), Run(Status.Degraded, 20), Run(Status.Down, 30), Run(Status.Down, 35)]);
        summary.LongestOutage.ShouldBe(new Outage("local", At.AddSeconds(10), At.AddSeconds(20), 10, true, Reasons.Timeout));
    }

    [Fact]
    public void An_outage_that_goes_on_counts_until_the_latest_run_that_was_down() =>
        Sum([Run(Status.Up), Run(Status.Down, 1), Run(Status.Down, 2), Run(Status.Unknown, 9)]).LongestOutage.ShouldBe(new Outage("local", At.AddSeconds(1), At.AddSeconds(2), 1, false, Reasons.Timeout));

    [Fact]
    public void Agents_have_their_outages_each_for_itself() =>
        Sum([Run(Status.Down, 0, "far"), Run(Status.Down, 1), Run(Status.Up, 2), Run(Status.Up, 5, "far")]).LongestOutage.ShouldBe(new Outage("far", At, At.AddSeconds(5), 5, true, Reasons.Timeout));

    [Fact]
    public void A_time_of_which_nothing_is_known_is_left_out_at_its_beginning()
    {
        Sum([Run(Status.Up, 60)]).From.ShouldBe(At.AddSeconds(60));
        Sum([Run(Status.Up, 60)], new Gap("a", "local", At.AddSeconds(30), At.AddSeconds(30), 1, GapCauses.Missed)).From.ShouldBe(At.AddSeconds(30));
        Sum([]).From.ShouldBe(At);
    }

    [Theory]
    [InlineData(0, 100, 11)]
    [InlineData(10, 20, 11)]
    [InlineData(12, 100, 9)]
    [InlineData(12.5, 100, 8)]
    [InlineData(0, 12.5, 3)]
    [InlineData(15, 15, 1)]
    [InlineData(15.2, 15.8, 0)]
    public void Of_a_gap_only_the_slots_within_the_time_count(double from, double to, long slots) =>
        Summary.Of("a", null, At.AddSeconds(from), At.AddSeconds(to), [], [new Gap("a", "local", At.AddSeconds(10), At.AddSeconds(20), 11, GapCauses.Missed)]).MissingSlots.ShouldBe(slots);

    private static Result Timed(Status status, int slot, double latency) => Run(status, slot) with { Phases = new(new KeyValuePair<string, double>("connect", latency)) };

    private static CheckSummary Sum(Result[] results, params Gap[] gaps) => Summary.Of("a", "connect", At, At.AddDays(1), results, gaps);
}
