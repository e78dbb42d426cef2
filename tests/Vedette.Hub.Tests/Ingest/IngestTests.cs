using System.Net;
using System.Text.Json.Nodes;
using Vedette.Wire;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Ingest;

public sealed class IngestTests
{
    [Fact]
    public async Task A_result_is_stored_judged_acknowledged_and_shown()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Run(Status.Down, 1, key: agent.Key("a"), details: """{"a":[1,"b"]}"""));
        await agent.AcknowledgedAsync(1);
        var result = (await hub.ResultsAsync("a")).ShouldHaveSingleItem();
        (result.Check, result.Agent, result.Seq, result.Status, result.Reason, result.Details).ShouldBe(("a", "local", 1UL, Status.Down, Reasons.Timeout, """{"a":[1,"b"]}"""));
        var watched = await hub.CheckAsync("a");
        (watched.Status.Status, watched.Status.Since, watched.Status.Reason).ShouldBe((Status.Down, At.AddSeconds(1), Reasons.Timeout));
        watched.Status.LastResult.ShouldBe(result);
        watched.Recent.ShouldHaveSingleItem().Status.ShouldBe(Status.Down);
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_is_acknowledged_and_stored_once()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        for (var i = 0; i < 3; i++) await agent.SendAsync(1, Runs(agent, 1, 2));
        await agent.SendAsync(3, Runs(agent, 3, 1));
        await agent.AcknowledgedAsync(3);
        (await SlotsAsync(hub)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Of_a_batch_that_overlaps_only_what_is_new_is_stored_under_its_own_numbers()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Runs(agent, 1, 3));
        await agent.SendAsync(2, Runs(agent, 2, 4));
        await agent.AcknowledgedAsync(5);
        var results = await hub.ResultsAsync("a");
        results.Select(result => result.Seq).ShouldBe([1UL, 2UL, 3UL, 4UL, 5UL]);
        results.Select(Slot).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task Of_a_batch_that_overlaps_results_of_checks_that_are_gone_leave_the_others_their_numbers()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await hub.AddAsync("b");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        var (a, b) = (agent.Key("a"), agent.Key("b"));
        await agent.SendAsync(1, Run(Status.Up, 1, key: a));
        await agent.AcknowledgedAsync(1);
        await hub.SendAsync("DELETE", "/api/v1/checks/b");
        await agent.SendAsync(1, Run(Status.Up, 1, key: a), Run(Status.Up, 2, key: a), Run(Status.Up, 3, key: b), Run(Status.Up, 4, key: a));
        await agent.AcknowledgedAsync(4);
        (await hub.ResultsAsync("a")).Select(result => (result.Seq, Slot(result))).ShouldBe([(1UL, 1), (2UL, 2), (4UL, 4)]);
    }

    [Fact]
    public async Task A_hole_is_asked_for_and_then_filled()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(3, Runs(agent, 3, 1));
        (await agent.HearAsync(HubFrame.BodyOneofCase.Need)).Need.FromSeq.ShouldBe(1UL);
        await agent.SendAsync(1, Runs(agent, 1, 3));
        await agent.AcknowledgedAsync(3);
        (await SlotsAsync(hub)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_gap_is_acknowledged_and_noted_without_what_is_stored_already()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Runs(agent, 1, 2));
        await agent.SendGapAsync(2, 9, "overflow");
        await agent.SendAsync(10, Runs(agent, 10, 1));
        await agent.AcknowledgedAsync(10);
        hub.Scalar("SELECT agent || ': ' || detail FROM events WHERE kind = 'gap'").ShouldBe("local: results 3 to 9 are lost: overflow");
        (await SlotsAsync(hub)).ShouldBe([1, 2, 10]);
    }

    [Fact]
    public async Task Results_of_a_removed_check_are_let_go_and_acknowledged_and_never_turn_up_in_a_new_check_of_its_id()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        var old = agent.Key("a");
        await agent.SendAsync(1, Runs(agent, 1, 1));
        await agent.AcknowledgedAsync(1);
        await hub.SendAsync("DELETE", "/api/v1/checks/a");
        await hub.AddAsync("a");
        await agent.SendAsync(2, Run(Status.Down, 2, key: old), Run(Status.Down, 3, key: 4711));
        await agent.AcknowledgedAsync(3);
        (await hub.ResultsAsync("a")).ShouldBeEmpty();
        var watched = await hub.CheckAsync("a");
        (watched.Status.Status, watched.Status.LastResult, watched.Recent.Count).ShouldBe((Status.Unknown, null, 0));
        agent.Key("a").ShouldNotBe(old);
    }

    [Fact]
    public async Task Every_turn_within_a_batch_is_noted()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        var key = agent.Key("a");
        await agent.SendAsync(1, Run(Status.Up, 1, key: key), Run(Status.Down, 2, key: key), Run(Status.Down, 3, key: key), Run(Status.Up, 4, key: key));
        await agent.AcknowledgedAsync(4);
        hub.Scalar("SELECT group_concat(detail, ', ') FROM (SELECT detail FROM events WHERE kind = 'status' ORDER BY id)").ShouldBe("Unknown to Up, Up to Down: slot 2, Down to Up");
    }

    [Fact]
    public async Task An_agent_cannot_speak_for_checks_that_are_not_its_own()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var local = await TestAgent.JoinAsync(hub.Host);
        await local.SendAsync(1, Runs(local, 1, 1));
        await local.AcknowledgedAsync(1);
        await using var liar = await TestAgent.JoinAsync(hub.Host, "liar");
        liar.Runs("a").ShouldBeFalse();
        await liar.SendAsync(1, Run(Status.Down, 9, key: local.Key("a")));
        await liar.AcknowledgedAsync(1);
        var watched = await hub.CheckAsync("a");
        (watched.Status.Status, watched.Status.Agents.Count, watched.Status.LastResult!.Agent).ShouldBe((Status.Up, 1, "local"));
    }

    [Fact]
    public async Task Two_agents_each_have_their_stream()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a", "local", "berlin");
        await using var local = await TestAgent.JoinAsync(hub.Host);
        await using var berlin = await TestAgent.JoinAsync(hub.Host, "berlin");
        await local.SendAsync(1, Runs(local, 1, 2));
        await berlin.SendAsync(1, Run(Status.Down, 1, key: berlin.Key("a")));
        await local.AcknowledgedAsync(2);
        await berlin.AcknowledgedAsync(1);
        (await hub.CheckAsync("a")).Status.Agents.Select(agent => (agent.Agent, agent.Status)).ShouldBe([("berlin", Status.Down), ("local", Status.Up)]);
        (await hub.ResultsAsync("a")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_second_connection_takes_the_place_of_the_first_and_goes_on_where_that_was()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var first = await TestAgent.JoinAsync(hub.Host);
        await first.SendAsync(1, Runs(first, 1, 2));
        await first.AcknowledgedAsync(2);
        await using var second = await TestAgent.JoinAsync(hub.Host);
        second.Committed.ShouldBe(2UL);
        (await first.HearTheEndAsync())!.Refusal.Reason.ShouldBe("replaced");
        await first.Served.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
        await second.SendAsync(3, Runs(second, 3, 1));
        await second.AcknowledgedAsync(3);
        (await SlotsAsync(hub)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_hub_that_was_closed_in_the_middle_stores_the_resend_once()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using (var agent = await TestAgent.JoinAsync(hub.Host))
        {
            await agent.SendAsync(1, Runs(agent, 1, 2));
            await agent.AcknowledgedAsync(2);
        }

        var before = await hub.CheckAsync("a");
        await hub.ReopenAsync();
        Comparable(await hub.CheckAsync("a")).ShouldBe(Comparable(before));
        await using var again = await TestAgent.JoinAsync(hub.Host);
        again.Committed.ShouldBe(2UL);
        await again.SendAsync(1, Runs(again, 1, 3));
        await again.AcknowledgedAsync(3);
        (await SlotsAsync(hub)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task After_a_restart_every_check_shows_the_runs_it_showed_before()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await hub.AddAsync("rare");
        await hub.AddAsync("never");
        await using (var agent = await TestAgent.JoinAsync(hub.Host))
        {
            ulong seq = 0;
            for (var slot = 0; slot < 70; slot++)
            {
                Result[] runs = [Run(slot % 3 == 0 ? Status.Down : Status.Up, slot, key: agent.Key("a"))];
                if (slot % 10 == 0) runs = [.. runs, Run(Status.Up, slot, key: agent.Key("rare"))];
                await agent.SendAsync(seq + 1, runs);
                seq += (ulong)runs.Length;
            }

            await agent.AcknowledgedAsync(seq);
        }

        string[] ids = ["a", "rare", "never"];
        var before = await Task.WhenAll(ids.Select(hub.CheckAsync));
        before.Select(check => check.Recent.Count).ShouldBe([60, 7, 0]);
        await hub.ReopenAsync();
        (await Task.WhenAll(ids.Select(hub.CheckAsync))).Select(Comparable).ShouldBe(before.Select(Comparable));
    }

    [Fact]
    public async Task Another_epoch_is_another_stream_and_the_built_in_agents_old_one_is_forgotten()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a", "local", "berlin");
        foreach (var name in (string[])["local", "berlin"])
            for (byte epoch = 1; epoch <= 2; epoch++)
            {
                await using var agent = await TestAgent.JoinAsync(hub.Host, name, epoch);
                agent.Committed.ShouldBe(0UL);
                await agent.SendAsync(1, Run(Status.Up, epoch, name, agent.Key("a")));
                await agent.AcknowledgedAsync(1);
            }

        (await hub.ResultsAsync("a")).Count.ShouldBe(4);
        hub.Scalar("SELECT group_concat(agent || ' ' || substr(epoch, 1, 2), ', ') FROM (SELECT * FROM cursors ORDER BY agent, epoch)").ShouldBe("berlin 01, berlin 02, local 02");
    }

    [Fact]
    public async Task What_cannot_be_stored_is_not_acknowledged_readyz_says_why_and_once_it_can_be_all_of_it_is()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        (await hub.Http.GetStringAsync("/readyz")).ShouldBe("ok\n");
        hub.Behind("CREATE TRIGGER full BEFORE INSERT ON history_batches BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END");
        await using (var agent = await TestAgent.JoinAsync(hub.Host))
        {
            // The second waits behind the first; stored alone it would leave a hole for ever.
            await agent.SendAsync(1, Runs(agent, 1, 1));
            await agent.SendAsync(2, Runs(agent, 2, 1));
            await agent.HearTheEndAsync();
            agent.Committed.ShouldBe(0UL);
        }

        var (status, why) = await hub.SendAsync("GET", "/readyz");
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        why!["detail"]!.GetValue<string>().ShouldContain("database or disk is full");
        hub.Scalar("SELECT count(*) FROM cursors").ShouldBe(0L);
        (await hub.CheckAsync("a")).Status.LastResult.ShouldBeNull();

        hub.Behind("DROP TRIGGER full");
        await using var again = await TestAgent.JoinAsync(hub.Host);
        again.Committed.ShouldBe(0UL);
        await again.SendAsync(1, Runs(again, 1, 3));
        await again.AcknowledgedAsync(3);
        (await SlotsAsync(hub)).ShouldBe([1, 2, 3]);
        (await hub.Http.GetStringAsync("/readyz")).ShouldBe("ok\n");
    }

    [Fact]
    public async Task A_hub_that_does_not_take_results_yet_is_not_ready()
    {
        await using var hub = await RunningHub.StartAsync(takesResults: false);
        (await hub.SendAsync("GET", "/readyz")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await hub.Http.GetStringAsync("/healthz")).ShouldBe("ok\n");
    }

    private static string Comparable(WatchedCheck watched)
    {
        var json = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(watched, ApiJson.Readable.WatchedCheck))!;
        json["status"]!["nextRunAt"] = null;
        return json.ToJsonString();
    }

    private static int Slot(Result result) => (int)(result.ScheduledAt - At).TotalSeconds;

    private static Result[] Runs(TestAgent agent, int first, int count) => [.. Enumerable.Range(first, count).Select(slot => Run(Status.Up, slot, agent.Name, agent.Key("a")))];

    private static async Task<IEnumerable<int>> SlotsAsync(RunningHub hub) => (await hub.ResultsAsync("a")).Select(Slot);
}
