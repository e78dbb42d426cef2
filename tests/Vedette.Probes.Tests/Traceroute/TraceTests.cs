using System.Net;
using Vedette.Linux;
using Vedette.Probes.Traceroute;

namespace Vedette.Probes.Tests.Traceroute;

/// <summary>Traces over a path that exists only here, with a clock that jumps from event to event.</summary>
public sealed class TraceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void A_good_path_is_followed_to_its_end_with_the_packets_asked_for()
    {
        var path = new Path(6, distance => [TimeSpan.FromMilliseconds(distance)]);
        var trace = path.Follow(new(TraceMethod.Udp, 30, 3, 33434, 61000));
        (trace.Last, trace.Farthest, trace.Ending!.IsReached).ShouldBe((6, 6, true));
        trace.Hops.ShouldAllBe(hop => hop.Sent == 3 && hop.Answered == 3);
        path.Sent.ShouldBeLessThanOrEqualTo((6 * 3) + Trace.Ahead);
        path.Now.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_silent_hop_is_asked_again_and_passed_over()
    {
        var path = new Path(5, distance => distance == 3 ? [] : [TimeSpan.FromMilliseconds(10)]);
        var trace = path.Follow(new(TraceMethod.Udp, 30, 3, 33434, 61000));
        trace.Ending!.IsReached.ShouldBeTrue();
        trace.Hops[2].IsSilent.ShouldBeTrue();
        trace.Hops[2].Sent.ShouldBe(Trace.Attempts);
        path.Now.ShouldBeLessThan(TimeSpan.FromSeconds(1.5), "a hop before one that has answered is not waited for as long as one of which nothing is known");
    }

    [Fact]
    public void A_hop_that_answers_only_the_second_time_is_known()
    {
        var asked = 0;
        var path = new Path(5, distance => distance == 3 && ++asked % 2 == 1 ? [] : [TimeSpan.FromMilliseconds(10)]);
        path.Follow(new(TraceMethod.Udp, 30, 1, 33434, 61000)).Hops[2].IsSilent.ShouldBeFalse();
    }

    [Fact]
    public void Five_silent_hops_are_the_end()
    {
        var path = new Path(20, distance => distance <= 4 ? [TimeSpan.FromMilliseconds(10)] : []);
        var trace = path.Follow(new(TraceMethod.Udp, 30, 3, 33434, 61000));
        (trace.Farthest, trace.Ending, trace.IsLost(path.Now)).ShouldBe((4, null, true));
        path.Farthest.ShouldBeLessThanOrEqualTo(4 + Trace.MostSilent + Trace.Ahead);
        path.Now.ShouldBeLessThan(TimeSpan.FromSeconds(8));
    }

    [Fact]
    public void Four_silent_hops_are_not()
    {
        var path = new Path(9, distance => distance is > 4 and < 9 ? [] : [TimeSpan.FromMilliseconds(10)]);
        path.Follow(new(TraceMethod.Udp, 30, 3, 33434, 61000)).Ending!.IsReached.ShouldBeTrue();
    }

    [Fact]
    public void A_target_beyond_the_last_hop_is_not_reached()
    {
        var trace = new Path(20, _ => [TimeSpan.FromMilliseconds(1)]).Follow(new(TraceMethod.Udp, 8, 3, 33434, 61000));
        (trace.Farthest, trace.Ending, trace.Hops.Count).ShouldBe((8, null, 8));
    }

    [Fact]
    public void A_refusal_ends_the_trace_where_it_came_from_and_reaching_the_target_outdoes_it()
    {
        var trace = new Trace(new(TraceMethod.Udp, 30, 1, 33434, 61000), Patience);
        for (var distance = 1; distance <= 4; distance++) trace.Fire(distance, TimeSpan.Zero);
        trace.Hear(Reply(2) with { Ending = new("admin_prohibited", IPAddress.Parse("192.0.2.3"), Failure.Down(Reasons.AdminProhibited, "no")) }, TimeSpan.Zero);
        (trace.Last, trace.Ending!.Word).ShouldBe((3, "admin_prohibited"));
        trace.Hear(Reply(3) with { Ending = new("port_unreachable", IPAddress.Parse("192.0.2.4")) }, TimeSpan.Zero);
        (trace.Last, trace.Ending!.Word).ShouldBe((4, "port_unreachable"));
        trace.Hear(Reply(1) with { Ending = new("admin_prohibited", IPAddress.Parse("192.0.2.2"), Failure.Down(Reasons.AdminProhibited, "no")) }, TimeSpan.Zero);
        (trace.Last, trace.Ending!.Word).ShouldBe((4, "port_unreachable"));
    }

    [Fact]
    public void An_answer_that_does_not_tell_its_packet_counts_when_only_one_is_under_way()
    {
        var trace = new Trace(new(TraceMethod.Udp, 30, 1, 33434, 61000), Patience);
        trace.Fire(1, TimeSpan.Zero);
        trace.Hear(Reply(null), TimeSpan.Zero);
        trace.Hops[0].Answered.ShouldBe(1);
        trace.OneByOne.ShouldBeFalse();
    }

    [Fact]
    public void Otherwise_neither_counts_and_from_then_on_packets_go_one_by_one()
    {
        var trace = new Trace(new(TraceMethod.Udp, 30, 1, 33434, 61000), Patience);
        trace.Fire(1, TimeSpan.Zero);
        trace.Fire(2, TimeSpan.FromMilliseconds(20));
        trace.Hear(Reply(null), TimeSpan.FromMilliseconds(30));
        trace.OneByOne.ShouldBeTrue();
        trace.Next(TimeSpan.FromMilliseconds(900)).ShouldBeNull("what is under way may be answered as vaguely");
        var later = TimeSpan.FromMilliseconds(1020);
        trace.Next(later).ShouldBe(1);
        trace.Fire(1, later);
        trace.Next(later + Trace.Gap).ShouldBeNull();
        trace.Hear(Reply(null), later + Trace.Gap);
        trace.Hops[0].Answered.ShouldBe(1);
        trace.Next(later + Trace.Gap).ShouldBe(2);
    }

    [Fact]
    public void Answers_to_packets_that_were_never_sent_and_copies_change_nothing()
    {
        var trace = new Trace(new(TraceMethod.Udp, 30, 1, 33434, 61000), Patience);
        trace.Fire(1, TimeSpan.Zero);
        trace.Hear(Reply(7), TimeSpan.Zero);
        trace.Hear(Reply(-1), TimeSpan.Zero);
        trace.Farthest.ShouldBe(0);
        for (var copy = 0; copy < 100; copy++) trace.Hear(Reply(0) with { From = IPAddress.Parse($"192.0.2.{copy}") }, TimeSpan.Zero);
        (trace.Hops[0].Answered, trace.Hops[0].Rtts.Count, trace.Hops[0].Addresses.Count).ShouldBe((1, 1, 16));
    }

    /// <summary>Whatever a path does: the rules of pace, distance and number hold, and the trace ends.</summary>
    [Fact]
    public void On_any_path_the_rules_hold_and_the_trace_ends()
    {
        var random = new Random(20260103);
        for (var round = 0; round < 300; round++)
        {
            var (length, loss, slow) = (random.Next(1, 80), random.NextDouble(), random.Next(1, 1500));
            var terms = new TraceTerms(TraceMethod.Udp, random.Next(1, 65), random.Next(1, 11), 33434, 61000);
            var path = new Path(length, _ => random.NextDouble() < loss * loss ? [] : [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => TimeSpan.FromMilliseconds(random.Next(slow)))]) { Vague = random.Next(3) == 0 };
            var trace = path.Follow(terms, random.Next(4) == 0);
            path.Sent.ShouldBeLessThanOrEqualTo(terms.MaxHops * Math.Max(terms.Queries, Trace.Attempts) * 2);
            trace.Hops.ShouldAllBe(hop => hop.Answered <= hop.Sent && hop.Rtts.Count == hop.Answered);
            if (trace.Ending is not null) trace.Last.ShouldBeGreaterThanOrEqualTo(path.Vague ? 1 : length);
        }
    }

    private static Reply Reply(int? shot) => new(shot, IPAddress.Parse("192.0.2.200"), null, Instant.Now(), 60, []);

    /// <summary>Routers <c>192.0.2.N</c> and a target after the last of them; each packet is answered after given times, or not at all.</summary>
    private sealed class Path(int length, Func<int, TimeSpan[]> delays)
    {
        private readonly PriorityQueue<Reply, TimeSpan> underWay = new();
        private TimeSpan last = -Trace.Gap;
        private Shot? latest;

        public TimeSpan Now { get; private set; }

        public int Sent { get; private set; }

        public int Farthest { get; private set; }

        /// <summary>No answer tells its packet.</summary>
        public bool Vague { get; init; }

        public Trace Follow(TraceTerms terms, bool oneByOne = false)
        {
            var trace = new Trace(terms, Patience, oneByOne);
            for (var steps = 0; ; steps++)
            {
                steps.ShouldBeLessThan(20_000, "it does not end");
                while (underWay.TryPeek(out var reply, out var at) && at <= Now) trace.Hear(underWay.Dequeue(), Now);
                if (trace.IsOver(Now)) return trace;
                if (trace.Next(Now) is { } distance) Send(trace, distance, terms);
                else
                {
                    var due = trace.Due(Now);
                    due.ShouldBeGreaterThanOrEqualTo(Now);
                    Now = underWay.TryPeek(out _, out var arrival) && arrival < due ? arrival : due > Now ? due : Now + TimeSpan.FromTicks(1);
                }
            }
        }

        private void Send(Trace trace, int distance, TraceTerms terms)
        {
            (Now - last).ShouldBeGreaterThanOrEqualTo(Trace.Gap);
            distance.ShouldBeInRange(1, terms.MaxHops);
            var unknown = Enumerable.Range(1, distance - 1).Count(nearer => trace.Hops.Count < nearer || trace.Hops[nearer - 1].Sent == 0);
            unknown.ShouldBe(0, "a nearer hop was not asked yet");
            if (trace.OneByOne && latest is { IsAnswered: false, IsVoid: false }) (Now - latest.At).ShouldBeGreaterThanOrEqualTo(LeastWait, "one by one");
            (last, Sent, Farthest) = (Now, Sent + 1, Math.Max(Farthest, distance));
            var shot = latest = trace.Fire(distance, Now);
            shot.SentAt = Instant.Now();
            var from = IPAddress.Parse(distance < length ? $"192.0.2.{distance}" : "198.51.100.1");
            foreach (var delay in delays(distance))
                underWay.Enqueue(new Reply(Vague ? null : shot.Index, from, null, new(0, shot.SentAt.Monotonic + (long)delay.TotalNanoseconds), 60, []) { Ending = distance < length ? null : new("port_unreachable", from) }, Now + delay);
        }
    }
}
