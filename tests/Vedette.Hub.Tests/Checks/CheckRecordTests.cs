using Vedette.Hub.Checks;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Checks;

public sealed class CheckRecordTests
{
    private static readonly Catalogue Kinds = new(Kind);

    [Fact]
    public void A_run_is_judged_and_remembered()
    {
        var record = Active(Check()).With(Run(Status.Up));
        record.Overall.Status.ShouldBe(Status.Up);
        record.LastResults["local"].ShouldBe(Run(Status.Up));
        record.Recent.ShouldHaveSingleItem().At.ShouldBe(At);
    }

    [Fact]
    public void A_run_that_was_judged_before_is_remembered_and_not_judged_again()
    {
        var record = Active(Check(failAfter: 1)).With(Run(Status.Up)).WithJudged(Run(Status.Down, 1));
        (record.Overall.Status, record.LastResults["local"], record.Recent.Count).ShouldBe((Status.Up, Run(Status.Down, 1), 2));
        record.WithJudged(Run(Status.Down, 2, agent: "elsewhere")).ShouldBeSameAs(record);
    }

    [Fact]
    public void Sixty_runs_are_kept_and_the_oldest_goes_first()
    {
        var record = Active(Check());
        for (var slot = 0; slot < 100; slot++) record = record.With(Run(Status.Up, slot));
        var shown = Show(record).Recent;
        shown.Count.ShouldBe(60);
        shown[0].At.ShouldBe(At.AddSeconds(40));
        shown[^1].At.ShouldBe(At.AddSeconds(99));
    }

    [Fact]
    public void A_run_of_an_earlier_slot_in_another_stream_changes_nothing()
    {
        var record = Active(Check(failAfter: 1)).With(Run(Status.Up, 5) with { Epoch = "02" });
        record.With(Run(Status.Down, 4) with { Epoch = "01" }).ShouldBeSameAs(record);
    }

    [Fact]
    public void An_agent_whose_clock_was_set_back_goes_on_being_judged()
    {
        var record = Active(Check(failAfter: 1)).With(Run(Status.Up, 3600)).With(Run(Status.Down, 5));
        (record.Overall.Status, record.Overall.Since).ShouldBe((Status.Down, At.AddSeconds(5)));
    }

    [Fact]
    public void A_run_of_an_agent_that_is_not_to_run_it_changes_nothing()
    {
        var record = Active(Check(failAfter: 1, downWhen: "any", agents: ["local", "berlin"])).With(Run(Status.Up));
        record.With(Run(Status.Down, 9, agent: "elsewhere")).ShouldBeSameAs(record);
    }

    [Theory]
    [InlineData(Lifecycle.Paused, "paused")]
    [InlineData(Lifecycle.Stopped, "stopped")]
    public void A_late_run_of_a_check_at_rest_is_remembered_but_not_judged(Lifecycle lifecycle, string reason)
    {
        var record = (Active(Check(failAfter: 1)) with { Lifecycle = lifecycle }).With(Run(Status.Down));
        record.Standings.ShouldBeEmpty();
        var status = Show(record).Status;
        (status.Status, status.Reason, status.NextRunAt).ShouldBe((Status.Unknown, reason, null));
        status.LastResult.ShouldNotBeNull();
    }

    [Fact]
    public void An_agent_that_no_longer_runs_it_no_longer_counts()
    {
        var record = Active(Check(failAfter: 1, downWhen: "any", agents: ["local", "berlin"])).With(Run(Status.Up)).With(Run(Status.Down, agent: "berlin"));
        record.Overall.Status.ShouldBe(Status.Down);
        record = record.With(Check(failAfter: 1, downWhen: "any"), At);
        record.Overall.Status.ShouldBe(Status.Up);
        Show(record).Status.Agents.ShouldHaveSingleItem().Agent.ShouldBe("local");
    }

    [Fact]
    public void Runs_of_several_agents_are_shown_in_the_order_of_their_slots()
    {
        var record = Active(Check(agents: ["local", "berlin"])).With(Run(Status.Up, 2)).With(Run(Status.Up, 1, agent: "berlin")).With(Run(Status.Up, 3));
        Show(record).Recent.Select(run => (run.At - At).TotalSeconds).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Before_its_first_result_a_check_says_whom_it_waits_for()
    {
        var status = Show(Active(Check(agents: ["berlin", "tokyo"]))).Status;
        (status.Status, status.Since, status.Message).ShouldBe((Status.Unknown, null, "waits for a result of berlin, tokyo"));
    }

    [Fact]
    public void A_line_gives_the_latency_of_the_latest_run_and_the_next_slot()
    {
        var run = Run(Status.Up) with { Phases = new(new("resolve", 0.5), new("connect", 0.25)) };
        var record = (Active(Check()) with { LatencyPhase = "connect" }).With(run);
        var line = record.ShowLine(At);
        (line.LatencySeconds, line.LastStatus, line.LastRunAt, line.NextRunAt, line.Reason).ShouldBe((0.25, Status.Up, run.ScheduledAt, Show(record).Status.NextRunAt, null));
    }

    [Fact]
    public void While_a_check_is_up_its_line_says_why_its_latest_run_was_not()
    {
        var line = Active(Check(failAfter: 2)).With(Run(Status.Up)).With(Run(Status.Down, 1)).ShowLine(At);
        (line.Status, line.LastStatus, line.Reason, line.Message).ShouldBe((Status.Up, Status.Down, Reasons.Timeout, "slot 1"));
    }

    [Fact]
    public void A_line_of_a_check_that_is_not_up_keeps_the_reason_that_made_it_so()
    {
        var line = Active(Check(failAfter: 2)).With(Run(Status.Down, 1)).With(Run(Status.Down, 2)).With(Run(Status.Unknown, 3)).ShowLine(At);
        (line.Status, line.LastStatus, line.Message).ShouldBe((Status.Down, Status.Unknown, "slot 2"));
        var paused = Active(Check()).With(Lifecycle.Paused, At).ShowLine(At);
        (paused.Status, paused.Since, paused.NextRunAt, paused.Reason).ShouldBe((Status.Unknown, At, null, Reasons.Paused));
    }

    [Fact]
    public void Secrets_are_masked_and_of_an_unknown_kind_everything_is()
    {
        var check = Check() with { Parameters = Parameters.Empty.With("password", "hunter2").With("text", "hello") };
        var gone = check with { Kind = "gone" };
        Show(Active(check)).Check.ShouldBe(check with { Parameters = Parameters.Empty.With("password", "***").With("text", "hello") });
        Show(Active(gone)).Check.ShouldBe(gone with { Parameters = Parameters.Empty.With("password", "***").With("text", "***") });
    }

    private static CheckRecord Active(Check check) => new(1, check, Lifecycle.Active, At, At);

    private static WatchedCheck Show(CheckRecord record) => record.Show(Kinds, At);
}
