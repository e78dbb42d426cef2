using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Dns;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Dns;

public sealed class LyingServerTests : IAsyncDisposable
{
    private static readonly byte[] Right = Answers.Address("zoo.test", "192.0.2.1");
    private static readonly byte[] Wrong = Answers.Address("zoo.test", "192.0.2.66");

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly DnsProbe probe;

    public LyingServerTests() => probe = new DnsProbe(resolver, () => null);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Fact]
    public async Task Another_id_or_question_and_noise_are_passed_over_and_counted_until_the_answer_comes()
    {
        await using var peer = new DnsPeer(query =>
        {
            var otherId = Answers.To(query, 0, Wrong);
            otherId[0] ^= 0xFF;
            var otherQuestion = Answers.To(query, 0, Wrong);
            otherQuestion[13] ^= 1;
            return [otherId, otherQuestion, [], [1, 2, 3], query, Answers.To(query, 0, Right)];
        });
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("expect", "192.0.2.1"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("dns_ignored_replies_count").ShouldBe(5);
    }

    [Fact]
    public async Task An_answer_from_elsewhere_is_not_heard()
    {
        using var elsewhere = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        elsewhere.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var peer = new DnsPeer(async (self, query, from) =>
        {
            await elsewhere.SendToAsync(Answers.To(query, 0, Wrong), from);
            await self.SendAsync([Answers.To(query, 0, Right)], from);
        });
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("expect", "192.0.2.1"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
    }

    [Fact]
    public async Task A_lost_query_is_sent_again_from_another_port_with_another_id()
    {
        var asked = new List<(EndPoint From, ushort Id)>();
        await using var peer = new DnsPeer((self, query, from) =>
        {
            asked.Add((from, (ushort)((query[0] << 8) | query[1])));
            return asked.Count < 3 ? Task.CompletedTask : self.SendAsync([Answers.To(query, 0, Right)], from);
        });
        var seen = await probe.RunAsync("zoo.test", peer.Set, TimeSpan.FromSeconds(3));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("dns_retries_count").ShouldBe(2);
        asked.DistinctBy(one => one.From).Count().ShouldBe(3);
        asked.DistinctBy(one => one.Id).Count().ShouldBeGreaterThan(1, "three random numbers of 16 bits are as good as never the same");
    }

    [Fact]
    public async Task The_answer_to_the_first_query_is_taken_also_after_the_second()
    {
        (byte[] Query, EndPoint From)? first = null;
        await using var peer = new DnsPeer((self, query, from) =>
        {
            if (first is { } before) return self.SendAsync([Answers.To(before.Query, 0, Right)], before.From);
            first = (query, from);
            return Task.CompletedTask;
        });
        var seen = await probe.RunAsync("zoo.test", peer.Set, TimeSpan.FromSeconds(3));
        (seen.Status, seen.Measured("dns_retries_count")).ShouldBe((Status.Up, 1), seen.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(65537)]
    public async Task A_cut_answer_is_asked_for_over_tcp_and_may_come_in_pieces(int piece)
    {
        byte[][] many = [.. Enumerable.Range(0, piece == 1 ? 20 : 2000).Select(i => Answers.Address("zoo.test", $"10.0.{i / 250}.{i % 250}"))];
        await using var peer = new DnsPeer(Cut, (socket, query, stop) => DnsPeer.SendFramedAsync(socket, Answers.To(query, 0, many), piece, stop));
        var seen = await probe.RunAsync("zoo.test", peer.Set);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(phase => phase.Key).ShouldBe(["resolve", "connect", "request"]);
        (seen.Measured("dns_truncated"), seen.Measured("dns_answer_rrs")).ShouldBe((1, many.Length));
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("transport", "tcp"));
    }

    [Fact]
    public async Task A_cut_answer_that_nobody_completes_is_down()
    {
        await using var peer = new DnsPeer(Cut);
        var seen = await probe.RunAsync("zoo.test", peer.Set);
        (seen.Status, seen.Reason, seen.Measured("dns_truncated")).ShouldBe((Status.Down, Reasons.Refused, 1));
    }

    [Fact]
    public async Task Over_tcp_as_well_what_is_not_the_answer_is_passed_over()
    {
        await using var peer = new DnsPeer(DnsPeer.Silence, async (socket, query, stop) =>
        {
            var otherId = Answers.To(query, 0, Wrong);
            otherId[1] ^= 1;
            await DnsPeer.SendFramedAsync(socket, otherId, 100, stop);
            await DnsPeer.SendFramedAsync(socket, [], 100, stop);
            await DnsPeer.SendFramedAsync(socket, Answers.To(query, 0, Right), 100, stop);
        });
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("transport", "tcp").With("expect", "192.0.2.1"));
        (seen.Status, seen.Measured("dns_ignored_replies_count")).ShouldBe((Status.Up, 2), seen.Message);
        peer.Queries.ShouldBe(0, "nothing went over UDP");
    }

    [Fact]
    public async Task A_connection_that_ends_within_the_answer_is_closed_or_reset()
    {
        await using (var closing = new DnsPeer(DnsPeer.Silence, async (socket, query, stop) => await socket.SendAsync((byte[])[0, 99, query[0], query[1]], stop)))
            (await probe.RunAsync("zoo.test", closing.Set.With("transport", "tcp"))).Reason.ShouldBe(Reasons.Closed);

        await using var resetting = new DnsPeer(DnsPeer.Silence, (socket, _, _) =>
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            return Task.CompletedTask;
        });
        (await probe.RunAsync("zoo.test", resetting.Set.With("transport", "tcp"))).Reason.ShouldBe(Reasons.Reset);
    }

    [Fact]
    public async Task A_malformed_answer_is_an_error_of_the_protocol_over_either_transport()
    {
        // Data that is a name which points at itself: 12 bytes of header, the question, a name of 2 bytes, 10 more.
        static byte[] Looping(byte[] query)
        {
            var at = Answers.QuestionEnd(query) + 12;
            return Answers.To(query, 0, Answers.Record([0xC0, 12], Answers.Cname, 1, 60, [(byte)(0xC0 | (at >> 8)), (byte)at]));
        }

        await using var peer = new DnsPeer(query => [Looping(query)], (socket, query, stop) => DnsPeer.SendFramedAsync(socket, Looping(query), 1000, stop));
        foreach (var transport in (string[])["udp", "tcp"])
        {
            var seen = await probe.RunAsync("zoo.test", peer.Set.With("transport", transport));
            (seen.Status, seen.Reason, seen.Measured("dns_query_succeeded")).ShouldBe((Status.Down, Reasons.ProtocolError, 0));
            seen.Message.ShouldNotBeNull().ShouldContain("CNAME");
        }
    }

    [Fact]
    public async Task Aliases_in_a_circle_are_down()
    {
        await using var peer = new DnsPeer(query => [Answers.To(query, 0, Answers.Alias("zoo.test", "a.test"), Answers.Alias("a.test", "zoo.test"))]);
        (await probe.RunAsync("zoo.test", peer.Set)).Reason.ShouldBe(DnsVerdict.AliasLoop);
    }

    [Fact]
    public async Task The_largest_message_costs_little_and_is_read_to_its_end()
    {
        var padding = Answers.Record("zoo.test", Answers.Txt, [255, .. new byte[255]]);
        byte[][] records = [Right, .. Enumerable.Repeat(padding, 65000 / padding.Length)];
        await using var peer = new DnsPeer(DnsPeer.Silence, (socket, query, stop) => DnsPeer.SendFramedAsync(socket, Answers.To(query, 0, records), 65537, stop));
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("transport", "tcp").With("expect", "192.0.2.1"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Details.ShouldNotBeNull().Length.ShouldBeLessThan(64 * 1024);
    }

    [Fact]
    public async Task A_datagram_longer_than_anyone_asked_for_is_taken_as_cut()
    {
        byte[][] many = [.. Enumerable.Range(0, 500).Select(i => Answers.Address("zoo.test", $"10.0.{i / 250}.{i % 250}"))];
        await using var peer = new DnsPeer(query => [Answers.To(query, 0, many)], (socket, query, stop) => DnsPeer.SendFramedAsync(socket, Answers.To(query, 0, Right), 1000, stop));
        var seen = await probe.RunAsync("zoo.test", peer.Set.With("expect", "192.0.2.1"));
        (seen.Status, seen.Measured("dns_truncated")).ShouldBe((Status.Up, 1), seen.Message);
    }

    private static IEnumerable<byte[]> Cut(byte[] query) => [Answers.To(query, 0, DnsFlags.Truncated, [], [], [])];
}
