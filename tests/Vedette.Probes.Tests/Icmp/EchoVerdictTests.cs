using System.Net;
using Vedette.Linux;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Tests.Icmp;

public sealed class EchoVerdictTests
{
    private readonly Flight flight = new(new EchoStream(new StreamIds()));
    private readonly Observation seen = new();

    [Fact]
    public void What_was_not_sent_in_time_is_not_lost_but_said()
    {
        Send();
        Send();
        Conclude(packets: 5);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout));
        seen.Message!.ShouldContain("only 2 of 5 packets");
        seen.Measured("icmp_packets_sent_count").ShouldBe(2);
        seen.Measured("icmp_loss_ratio").ShouldBe(1);
    }

    [Fact]
    public void Silence_while_this_host_dropped_replies_says_nothing_of_the_target()
    {
        Send();
        Conclude(packets: 1, dropped: 3);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.AgentLate));
        seen.Measurements.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_sent_at_all_says_nothing_of_the_target()
    {
        flight.Add(IPAddress.Loopback, new EchoTerms(56), 1, 1, 1);
        Conclude(packets: 1);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.SendFailed));
    }

    [Fact]
    public void One_answer_is_enough_and_the_refused_is_not_counted_as_sent()
    {
        flight.Answer(Send(), TimeSpan.FromMilliseconds(3), 60);
        flight.Fail(Send(), new(Failure.Down(Reasons.TtlExceeded, "a router"), IPAddress.Loopback, null));
        flight.Refuse(Send(), Failure.Unknown(Reasons.SendFailed, "full"));
        Conclude(packets: 3);
        seen.Status.ShouldBe(Status.Up);
        seen.Measured("icmp_packets_sent_count").ShouldBe(2);
        seen.Measured("icmp_loss_ratio").ShouldBe(0.5);
        seen.Measured("icmp_reply_hop_limit").ShouldBe(60);
    }

    [Fact]
    public void What_a_router_said_counts_more_than_what_this_host_refused()
    {
        flight.Refuse(Send(), Failure.Unknown(Reasons.SendFailed, "full"));
        flight.Fail(Send(), new(Failure.Down(Reasons.FragmentationNeeded, "a router"), IPAddress.Loopback, 1280));
        Conclude(packets: 2);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.FragmentationNeeded));
        seen.Measured("icmp_next_hop_mtu_bytes").ShouldBe(1280);
    }

    private Echo Send()
    {
        var echo = flight.Add(IPAddress.Loopback, new EchoTerms(56), 1, 1, 1);
        echo.SentAt = Instant.Now();
        return echo;
    }

    // The deadline was an hour ago.
    private void Conclude(int packets, uint dropped = 0)
    {
        flight.End();
        var start = TimeProvider.System.GetTimestamp() - (3600 * TimeProvider.System.TimestampFrequency);
        EchoVerdict.Conclude(flight, packets, dropped, seen, new RunContext(TimeProvider.System, start, TimeSpan.FromSeconds(1), CancellationToken.None));
    }
}
