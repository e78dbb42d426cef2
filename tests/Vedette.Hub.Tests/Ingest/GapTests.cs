using System.Net;
using System.Text.Json;
using Vedette.Hub.Checks;
using Vedette.Hub.Ingest;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Ingest;

public sealed class GapTests
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Slot = new Grid("a", Every).After(At);

    [Fact]
    public void Runs_in_slots_that_follow_each_other_leave_no_gap()
    {
        Before(Slot, Slot + Every).ShouldBeNull();
        Before(Slot.AddSeconds(-7), Slot).ShouldBeNull();
        Before(Slot, Slot.AddSeconds(7)).ShouldBeNull();
        Before(Slot, Slot - Every).ShouldBeNull();
        Before(Slot, Slot).ShouldBeNull();
    }

    [Fact]
    public void Slots_between_two_runs_are_a_gap_with_its_cause()
    {
        Before(Slot, Slot + (2 * Every)).ShouldBe(new Gap("a", "local", Slot + Every, Slot + Every, 1, GapCauses.Missed));
        Before(Slot, Slot + (5 * Every), epoch: "new").ShouldBe(new Gap("a", "local", Slot + Every, Slot + (4 * Every), 4, GapCauses.AgentDown));
        Before(Slot, Slot + (5 * Every), lost: new(4, 6)).ShouldBe(new Gap("a", "local", Slot + Every, Slot + (4 * Every), 4, GapCauses.Dropped));
        Before(Slot, Slot + (5 * Every), lost: new(20, 30)).ShouldBe(new Gap("a", "local", Slot + Every, Slot + (4 * Every), 4, GapCauses.Missed));
    }

    [Fact]
    public async Task Results_that_were_lost_are_the_cause_also_when_more_were_lost_after_them()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await hub.AddAsync("b");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        var slot = new Grid("a", Every).After(TimeProvider.System.GetUtcNow());
        await agent.SendAsync(1, At(slot));
        await agent.SendGapAsync(2, 9, "overflow");
        await agent.SendAsync(10, At(slot) with { CheckKey = agent.Key("b") });
        await agent.SendGapAsync(11, 12, "overflow");
        await agent.SendAsync(13, At(slot + (5 * Every)));
        await agent.AcknowledgedAsync(13);
        await agent.SendGapAsync(14, 14, "overflow");
        await agent.SendGapAsync(15, 15, "overflow");
        await agent.SendAsync(16, At(slot + (6 * Every)) with { CheckKey = agent.Key("b") });
        await agent.SendGapAsync(17, 18, "overflow");
        await agent.SendAsync(19, At(slot + (9 * Every)));
        await agent.AcknowledgedAsync(19);
        (await GapsAsync(hub)).Select(gap => (gap.Slots, gap.Cause)).ShouldBe([(4, GapCauses.Dropped), (3, GapCauses.Dropped)]);

        Result At(DateTimeOffset at) => Run(Status.Up, key: agent.Key("a")) with { ScheduledAt = at, StartedAt = at };
    }

    [Fact]
    public void A_first_run_out_of_its_turn_does_not_hide_the_slots_before_it() =>
        Before(Slot, Slot + Every + TimeSpan.FromSeconds(10), epoch: "new").ShouldBe(new Gap("a", "local", Slot + Every, Slot + Every, 1, GapCauses.AgentDown));

    [Fact]
    public void What_was_before_a_check_had_its_slots_is_no_gap_and_what_was_after_it_is()
    {
        Before(Slot, Slot + (5 * Every), record => record with { SlotsSince = Slot + (4.5 * Every) }).ShouldBeNull();
        Before(Slot, Slot + (5 * Every), record => record with { SlotsSince = Slot + (2.5 * Every) }).ShouldBe(new Gap("a", "local", Slot + (3 * Every), Slot + (4 * Every), 2, GapCauses.Missed));
        Before(Slot, Slot + (5 * Every), record => record with { Lifecycle = Lifecycle.Paused }).ShouldBeNull();
        Before(Slot, Slot + (5 * Every), record => record with { LastResults = record.LastResults.Clear() }).ShouldBeNull();
    }

    [Fact]
    public void Only_what_makes_the_slots_of_a_check_others_makes_them_begin_anew()
    {
        var (record, later) = (new CheckRecord(1, Check(agents: ["local", "far"]), Lifecycle.Active, At, At), At.AddHours(1));
        record.With(record.Check with { Name = "n", Target = "x:1", FailAfter = 7, Agents = ["far", "local"] }, later).SlotsSince.ShouldBe(At);
        record.With(record.Check with { Interval = TimeSpan.FromSeconds(31) }, later).SlotsSince.ShouldBe(later);
        record.With(record.Check with { Agents = ["local"] }, later).SlotsSince.ShouldBe(later);
        record.With(Lifecycle.Paused, later).SlotsSince.ShouldBe(later);
    }

    [Fact]
    public void Slots_since_the_last_run_are_a_gap_that_goes_on_as_soon_as_their_results_should_be_there()
    {
        var due = Slot + Every + TimeSpan.FromSeconds(10);
        Open(due).ShouldBeNull();
        Open(due.AddTicks(1)).ShouldBe(new Gap("a", "local", Slot + Every, Slot + Every, 1, GapCauses.AgentDown));
        Open(due.AddTicks(1), isConnected: true).ShouldBe(new Gap("a", "local", Slot + Every, Slot + Every, 1, GapCauses.Missed));
        Open(due + (8 * Every)).ShouldBe(new Gap("a", "local", Slot + Every, Slot + (8 * Every), 8, GapCauses.AgentDown));
        Open(due + (8 * Every), record => record with { SlotsSince = Slot + (5.5 * Every) }).ShouldBe(new Gap("a", "local", Slot + (6 * Every), Slot + (8 * Every), 3, GapCauses.AgentDown));
        Open(due + (8 * Every), record => record with { Lifecycle = Lifecycle.Stopped }).ShouldBeNull();
        Open(due + (8 * Every), record => record with { LastResults = record.LastResults.Clear() }).ShouldBeNull();

        Gap? Open(DateTimeOffset now, Func<CheckRecord, CheckRecord>? change = null, bool isConnected = false)
        {
            var record = Ran(Slot);
            return GapSearch.Open(change?.Invoke(record) ?? record, now, _ => isConnected).SingleOrDefault();
        }
    }

    [Fact]
    public async Task While_an_agent_is_silent_its_slots_are_missing_already()
    {
        await using var hub = await RunningHub.StartAsync();
        var slot = await RunLongAgoAsync(hub);
        var gap = (await GapsAsync(hub)).ShouldHaveSingleItem();
        (gap.From, gap.Cause).ShouldBe((slot - (19 * Every), GapCauses.AgentDown));
        gap.Slots.ShouldBeInRange(18, 20);
        (await GapsAsync(hub, "?to=2026-01-01T00:00:00Z")).ShouldBeEmpty();
        (await GapsAsync(hub, "?agent=far")).ShouldBeEmpty();
        var summary = JsonSerializer.Deserialize(await hub.Http.GetStringAsync("/api/v1/checks/a/summary?last=1h"), ApiJson.Readable.CheckSummary)!;
        summary.MissingSlots.ShouldBeInRange(18, 20);
        summary.Coverage!.Value.ShouldBe(1 / (1.0 + summary.MissingSlots), 1e-9);
        await using (await TestAgent.JoinAsync(hub.Host, epoch: 2)) (await GapsAsync(hub)).ShouldHaveSingleItem().Cause.ShouldBe(GapCauses.Missed);
        await SendAsync(hub, 2, 1, slot);
        (await GapsAsync(hub)).ShouldHaveSingleItem().ShouldBe(new Gap("a", "local", slot - (19 * Every), slot - Every, 19, GapCauses.AgentDown));
    }

    [Fact]
    public async Task An_edit_that_changes_no_slot_hides_none_also_over_a_restart_of_the_hub()
    {
        await using var hub = await RunningHub.StartAsync();
        var slot = await RunLongAgoAsync(hub);
        (await hub.SendAsync("PATCH", "/api/v1/checks/a", """{"labels":{"team":"web"}}""")).Status.ShouldBe(HttpStatusCode.OK);
        await hub.ReopenAsync();
        await SendAsync(hub, 2, 1, slot);
        (await GapsAsync(hub)).ShouldHaveSingleItem().Slots.ShouldBe(19);
    }

    [Fact]
    public async Task Slots_of_a_time_when_the_agent_was_down_are_kept_as_a_gap_also_over_a_restart_of_the_hub()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        var slot = new Grid("a", Every).After(TimeProvider.System.GetUtcNow());
        await SendAsync(hub, 1, 1, slot, slot + Every);
        await hub.ReopenAsync();
        await SendAsync(hub, 2, 1, slot + (10 * Every));
        await SendAsync(hub, 2, 2, slot + (11 * Every));
        var gap = (await GapsAsync(hub)).ShouldHaveSingleItem();
        (gap.Slots, gap.Cause, gap.Agent).ShouldBe((8, GapCauses.AgentDown, "local"));
        (gap.From, gap.To).ShouldBe((slot + (2 * Every), slot + (9 * Every)));
        (await GapsAsync(hub, "?to=2026-01-01T00:00:00Z")).ShouldBeEmpty();
    }

    // A check that is older than its only run, which was 20 slots before the next one.
    private static async Task<DateTimeOffset> RunLongAgoAsync(RunningHub hub)
    {
        await hub.AddAsync("a");
        var slot = new Grid("a", Every).After(TimeProvider.System.GetUtcNow());
        await SendAsync(hub, 1, 1, slot - (20 * Every));
        hub.Behind("UPDATE checks SET slots_since = 0");
        await hub.ReopenAsync();
        return slot;
    }

    private static async Task SendAsync(RunningHub hub, byte epoch, ulong seq, params DateTimeOffset[] slots)
    {
        await using var agent = await TestAgent.JoinAsync(hub.Host, epoch: epoch);
        await agent.SendAsync(seq, [.. slots.Select(at => Run(Status.Up, key: agent.Key("a")) with { ScheduledAt = at, StartedAt = at })]);
        await agent.AcknowledgedAsync(seq + (ulong)slots.Length - 1);
    }

    private static async Task<IReadOnlyList<Gap>> GapsAsync(RunningHub hub, string query = "") =>
        JsonSerializer.Deserialize(await hub.Http.GetStringAsync($"/api/v1/checks/a/gaps{query}"), ApiJson.Readable.IReadOnlyListGap)!;

    private static CheckRecord Ran(DateTimeOffset last) => new CheckRecord(1, Check(), Lifecycle.Active, At, At).With(Run(Status.Up) with { ScheduledAt = last, Epoch = "9f", Seq = 3 });

    private static Gap? Before(DateTimeOffset last, DateTimeOffset run, Func<CheckRecord, CheckRecord>? change = null, string epoch = "9f", LostResults? lost = null)
    {
        var record = Ran(last);
        return GapSearch.Before(change?.Invoke(record) ?? record, Run(Status.Up) with { ScheduledAt = run, Epoch = epoch, Seq = 9 }, lost);
    }
}
