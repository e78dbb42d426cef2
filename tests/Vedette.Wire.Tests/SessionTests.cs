using Google.Protobuf;

namespace Vedette.Wire.Tests;

public sealed class SessionTests
{
    private static readonly byte[] Epoch = new byte[16];

    [Fact]
    public void An_agent_goes_on_after_what_the_hub_has_stored()
    {
        var agent = new AgentSession("local", Epoch);
        agent.Receive(new() { Welcome = new() { CommittedSeq = 7 } }, lastAppended: 9).ShouldBe(new AgentEffect.Acknowledged(7));
        agent.NextSeq.ShouldBe(8UL);
        agent.Sent(9);
        agent.InFlight.ShouldBe(2UL);
        agent.Receive(Ack(9), 9).ShouldBe(new AgentEffect.Acknowledged(9));
        agent.InFlight.ShouldBe(0UL);
    }

    [Fact]
    public void An_agent_sends_again_what_the_hub_misses()
    {
        var agent = Welcomed(committed: 0);
        agent.Sent(10);
        agent.Receive(new() { Need = new() { FromSeq = 4 } }, 10).ShouldBe(new AgentEffect.Nothing());
        agent.NextSeq.ShouldBe(4UL);
        agent.Receive(Ack(10), 10).ShouldBe(new AgentEffect.Acknowledged(10));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(4)]
    public void An_acknowledgement_backwards_or_beyond_what_was_sent_ends_the_connection(ulong acknowledged)
    {
        var agent = Welcomed(committed: 5);
        agent.Sent(10);
        agent.Receive(Ack(acknowledged), 20).ShouldBeOfType<AgentEffect.Broken>();
    }

    [Fact]
    public void A_hub_that_knows_more_than_the_agent_ever_said_is_not_trusted() =>
        new AgentSession("local", Epoch).Receive(new() { Welcome = new() { CommittedSeq = 7 } }, lastAppended: 6).ShouldBeOfType<AgentEffect.Broken>();

    [Fact]
    public void Nothing_but_a_welcome_opens_a_session()
    {
        new AgentSession("local", Epoch).Receive(Ack(0), 0).ShouldBeOfType<AgentEffect.Broken>();
        new AgentSession("local", Epoch).Receive(new() { Refusal = new() { Message = "no", RetryAfterSeconds = 3 } }, 0).ShouldBe(new AgentEffect.Refused("no", TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void An_assignment_in_parts_takes_effect_as_a_whole_with_the_last()
    {
        var agent = Welcomed(committed: 0);
        agent.Receive(Part(more: true, 1, 2), 0).ShouldBe(new AgentEffect.Nothing());
        agent.Receive(Part(more: true, 3), 0).ShouldBe(new AgentEffect.Nothing());
        var whole = agent.Receive(Part(more: false, 4), 0).ShouldBeOfType<AgentEffect.Assigned>().Assignment;
        whole.Full.ShouldBeTrue();
        whole.Checks.Select(check => check.Key).ShouldBe([1, 2, 3, 4]);
        agent.Receive(Part(more: false, 5), 0).ShouldBeOfType<AgentEffect.Assigned>().Assignment.Checks.ShouldHaveSingleItem();
    }

    [Fact]
    public void An_assignment_without_an_end_breaks_the_contract()
    {
        var agent = Welcomed(committed: 0);
        var part = Part(more: true, [.. Enumerable.Range(1, 10_000)]);
        for (var i = 0; i < 10; i++) agent.Receive(part.Clone(), 0).ShouldBe(new AgentEffect.Nothing());
        agent.Receive(part.Clone(), 0).ShouldBeOfType<AgentEffect.Broken>();
    }

    [Fact]
    public void A_hub_takes_what_follows_and_what_it_may_have_already()
    {
        var hub = Joined(committed: 4);
        hub.Receive(Batch(3, 4)).ShouldBeOfType<HubEffect.Results>().LastSeq.ShouldBe(6UL);
        hub.Receive(Batch(7, 1)).ShouldBeOfType<HubEffect.Results>();
        hub.Expected.ShouldBe(8UL);
    }

    [Fact]
    public void A_hub_asks_once_for_a_hole_and_lets_fall_what_comes_after_it()
    {
        var hub = Joined(committed: 0);
        hub.Receive(Batch(3, 2)).ShouldBeOfType<HubEffect.Reply>().Frame.Need.FromSeq.ShouldBe(1UL);
        hub.Receive(Batch(5, 2)).ShouldBe(new HubEffect.Nothing());
        hub.Receive(Batch(1, 2)).ShouldBeOfType<HubEffect.Results>();
        hub.Receive(Batch(3, 2)).ShouldBeOfType<HubEffect.Results>();
    }

    [Fact]
    public void A_gap_fills_a_hole()
    {
        var hub = Joined(committed: 0);
        hub.Receive(new() { Gap = new() { FirstSeq = 1, LastSeq = 9, Cause = "overflow" } }).ShouldBe(new HubEffect.Missing(1, 9, "overflow"));
        hub.Receive(Batch(10, 1)).ShouldBeOfType<HubEffect.Results>();
    }

    [Fact]
    public void A_gap_whose_cause_is_no_word_breaks_the_contract() =>
        Joined(committed: 0).Receive(new() { Gap = new() { FirstSeq = 1, LastSeq = 9, Cause = new('x', 65) } }).ShouldBeOfType<HubEffect.Broken>();

    [Theory]
    [InlineData(2u, "local", 16)]
    [InlineData(1u, "", 16)]
    [InlineData(1u, "a b", 16)]
    [InlineData(1u, "local", 15)]
    public void A_hello_that_will_not_do_is_refused(uint version, string name, int epochBytes) =>
        new HubSession().Receive(new() { Hello = new() { Version = version, Agent = name, Epoch = ByteString.CopyFrom(new byte[epochBytes]) } }).ShouldBeOfType<HubEffect.Broken>();

    [Fact]
    public void Results_before_the_hello_and_a_second_hello_break_the_contract()
    {
        new HubSession().Receive(Batch(1, 1)).ShouldBeOfType<HubEffect.Broken>();
        var hub = Joined(committed: 0);
        hub.Receive(new AgentSession("local", Epoch).Hello(1, 0)).ShouldBeOfType<HubEffect.Broken>();
        hub.Receive(new()).ShouldBeOfType<HubEffect.Broken>();
    }

    private static HubFrame Part(bool more, params int[] keys) =>
        new() { Assignment = new() { Full = true, More = more, Checks = { keys.Select(key => new AssignedCheck { Key = key }) } } };

    private static HubFrame Ack(ulong committed) => new() { Ack = new() { CommittedSeq = committed } };

    private static AgentFrame Batch(ulong first, int count) => new() { Batch = BatchEncoder.Encode(first, [.. Enumerable.Range(0, count).Select(i => BatchTests.Sample(i, Status.Up))]) };

    private static AgentSession Welcomed(ulong committed)
    {
        var agent = new AgentSession("local", Epoch);
        agent.Receive(new() { Welcome = new() { CommittedSeq = committed } }, lastAppended: committed);
        return agent;
    }

    private static HubSession Joined(ulong committed)
    {
        var hub = new HubSession();
        hub.Receive(new AgentSession("local", Epoch).Hello(1, 0)).ShouldBe(new HubEffect.Joined());
        hub.Welcome(committed, TimeSpan.FromSeconds(10));
        return hub;
    }
}
