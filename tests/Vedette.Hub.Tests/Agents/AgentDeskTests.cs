using System.Net;
using Vedette.Wire;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Agents;

public sealed class AgentDeskTests
{
    [Theory]
    [InlineData("")]
    [InlineData("ffffff")]
    [InlineData("0300ffff")]
    [InlineData("050affffffff")]
    [InlineData("474554202f20485454502f312e310d0a")]
    public async Task Bytes_that_are_no_frames_end_the_connection_and_nothing_else(string hex)
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using (var stranger = TestAgent.Connect(hub.Host))
        {
            await stranger.WriteAsync(Convert.FromHexString(hex));
            await stranger.HangUpAsync();
            await stranger.Served.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
        }

        await StillServesAsync(hub);
    }

    [Theory]
    [InlineData("batch before hello")]
    [InlineData("second hello")]
    [InlineData("no body")]
    [InlineData("other version")]
    [InlineData("no name")]
    [InlineData("short epoch")]
    [InlineData("empty batch")]
    [InlineData("details")]
    [InlineData("gap backwards")]
    public async Task A_frame_against_the_contract_is_refused_in_words_before_the_connection_ends(string wrong)
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        var early = wrong is "batch before hello" or "other version" or "no name" or "short epoch";
        await using (var agent = early ? TestAgent.Connect(hub.Host) : await TestAgent.JoinAsync(hub.Host))
        {
            await agent.SendAsync(wrong switch
            {
                "batch before hello" => new() { Batch = BatchEncoder.Encode(1, [Run(Status.Up)]) },
                "second hello" => new AgentSession("local", new byte[16]).Hello(1, 0),
                "other version" => new() { Hello = new() { Version = 99 } },
                "no name" => new AgentSession("a\nb", new byte[16]).Hello(1, 0),
                "short epoch" => new AgentSession("local", new byte[3]).Hello(1, 0),
                "empty batch" => new() { Batch = new() { FirstSeq = 1 } },
                "details" => new() { Batch = BatchEncoder.Encode(1, [Run(Status.Up, key: agent.Key("a"), details: "{}\n\nevent: removed\ndata: {\"id\":\"a\"}")]) },
                "gap backwards" => new() { Gap = new() { FirstSeq = 9, LastSeq = 1 } },
                _ => new AgentFrame(),
            });
            var last = await agent.HearTheEndAsync();
            last!.Refusal.Reason.ShouldBe("protocol_error");
            last.Refusal.Message.ShouldNotBeEmpty();
        }

        await StillServesAsync(hub);
    }

    [Fact]
    public async Task An_agent_that_leaves_without_a_word_or_with_one_is_let_go()
    {
        await using var hub = await RunningHub.StartAsync();
        await using var polite = await TestAgent.JoinAsync(hub.Host);
        await polite.SendAsync(new AgentFrame { Goodbye = new() });
        await polite.Served.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
        await using var rude = await TestAgent.JoinAsync(hub.Host);
        await rude.HangUpAsync();
        await rude.Served.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_agent_gets_its_checks_and_every_change_of_them()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("mine");
        await hub.AddAsync("theirs", "berlin");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        (agent.Runs("mine"), agent.Runs("theirs")).ShouldBe((true, false));
        var mine = agent.Key("mine");

        (await NextAsync("PATCH", "mine", """{"target":"example.net:7"}""")).Checks.ShouldHaveSingleItem().Check.ShouldContain("example.net:7");
        (await NextAsync("POST", "mine/pause")).Removed.ShouldBe([mine]);
        (await NextAsync("POST", "mine/resume")).Checks.ShouldHaveSingleItem().Key.ShouldBe(mine);
        (await NextAsync("PATCH", "mine", """{"agents":["berlin"]}""")).Removed.ShouldBe([mine]);
        (await NextAsync("PATCH", "theirs", """{"agents":["local"]}""")).Checks.ShouldHaveSingleItem();
        (await NextAsync("DELETE", "theirs")).Removed.Count.ShouldBe(1);

        async Task<Assignment> NextAsync(string method, string path, string? body = null)
        {
            await hub.SendAsync(method, $"/api/v1/checks/{path}", body);
            return (await agent.HearAsync(HubFrame.BodyOneofCase.Assignment)).Assignment;
        }
    }

    [Fact]
    public async Task An_agent_gets_secrets_in_clear_and_checks_of_any_number_and_size()
    {
        await using var hub = await RunningHub.StartAsync();
        var text = new string('x', 200_000);
        for (var i = 0; i < 8; i++)
            (await hub.SendAsync("POST", "/api/v1/checks", $$$"""{"id":"c{{{i}}}","kind":"echo","target":"example.org:7","set":{"password":"hunter2","text":"{{{text}}}"}}""")).Status.ShouldBe(HttpStatusCode.Created);
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        while (!agent.Runs("c7")) (await agent.HearAsync(HubFrame.BodyOneofCase.Assignment)).Assignment.Checks[0].Check.ShouldContain("hunter2");
        for (var i = 0; i < 8; i++) agent.Runs($"c{i}").ShouldBeTrue();
    }

    [Fact]
    public async Task An_agent_that_never_reads_is_let_go_and_keeps_nobody_waiting()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        await using var deaf = await TestAgent.JoinAsync(hub.Host);
        var text = new string('x', 200_000);
        for (var i = 0; i < 20; i++) await hub.SendAsync("PATCH", "/api/v1/checks/a", $$$"""{"set":{"text":"{{{i}}}{{{text}}}"}}""");
        await using var second = await TestAgent.JoinAsync(hub.Host);
        await deaf.Served.WaitAsync(TestAgent.Patience, TestContext.Current.CancellationToken);
    }

    private static async Task StillServesAsync(RunningHub hub)
    {
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Run(Status.Up, key: agent.Key("a")));
        await agent.AcknowledgedAsync(1);
        (await hub.CheckAsync("a")).Status.Status.ShouldBe(Status.Up);
    }
}
