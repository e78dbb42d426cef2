using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Datagrams;
using Vedette.Probes.Tests.Icmp;
using Vedette.Probes.Udp;

namespace Vedette.Probes.Tests.Udp;

public sealed class UdpProbeTests : IAsyncDisposable
{
    private static readonly Parameters Hello = Parameters.Empty.With("send", "hello").With("expect", "hello");
    private static readonly Parameters ClosedIsUp = Parameters.Empty.With("closedIs", "up");

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly UdpProbe probe;

    public UdpProbeTests() => probe = new UdpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_echo_is_up_with_its_round_trip(string host)
    {
        await using var peer = new UdpPeer(UdpPeer.Echo, host);
        var seen = await probe.RunAsync(peer.Target, Parameters.Empty.With("send", @"\x00hello\xff").With("expect", @"hello\xff"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "rtt"]);
        seen.Phases[1].Value.ShouldBeInRange(0, 5);
        seen.Measured("udp_reply_bytes").ShouldBe(7);
        seen.Measured("udp_ignored_count").ShouldBe(0);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("address", host));
        seen.Details.ShouldBe("""{"reply":"\\x00hello\\xFF"}""");
    }

    [Fact]
    public async Task Without_expect_any_answer_is_up_even_an_empty_one_to_nothing()
    {
        await using var peer = new UdpPeer(UdpPeer.Echo);
        var seen = await probe.RunAsync(peer.Target, Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("udp_reply_bytes").ShouldBe(0);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_closed_port_is_said_to_be_closed_and_by_whom(string host)
    {
        var seen = await probe.RunAsync(UdpPeer.Nobody(host), Hello);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Closed), seen.Message);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("reported_by", host));
    }

    [Fact]
    public async Task Where_closed_is_wanted_a_closed_port_is_up_and_an_answer_is_down()
    {
        (await probe.RunAsync(UdpPeer.Nobody(), ClosedIsUp)).Status.ShouldBe(Status.Up);
        await using var peer = new UdpPeer(UdpPeer.Echo);
        var open = await probe.RunAsync(peer.Target, ClosedIsUp);
        (open.Status, open.Reason).ShouldBe((Status.Down, Reasons.UnexpectedAnswer), open.Message);
    }

    [Fact]
    public async Task Where_closed_is_wanted_there_is_nothing_to_expect()
    {
        var seen = await probe.RunAsync(UdpPeer.Nobody(), ClosedIsUp.With("expect", "x"));
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.Unsupported));
    }

    [Fact]
    public async Task Silence_is_open_or_filtered_and_never_up()
    {
        foreach (var parameters in new[] { Hello, Parameters.Empty, ClosedIsUp })
        {
            await using var peer = new UdpPeer(UdpPeer.Silence);
            var seen = await probe.RunUntilAsync(peer.Target, parameters, peer.Answered);
            (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout));
            seen.Message!.ShouldContain("open and silent, or filtered");
        }
    }

    [Fact]
    public async Task Wrong_answers_are_counted_while_the_right_one_is_awaited()
    {
        await using var peer = new UdpPeer(static request => [.. Enumerable.Repeat("hell"u8.ToArray(), 40), request]);
        var seen = await probe.RunAsync(peer.Target, Hello);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("udp_ignored_count").ShouldBe(40);
    }

    [Fact]
    public async Task When_only_wrong_answers_come_they_are_the_reason()
    {
        await using var peer = new UdpPeer(static _ => [[0, 1, 2], "go away\n"u8.ToArray()]);
        var seen = await probe.RunUntilAsync(peer.Target, Hello, peer.Answered);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ExpectMismatch));
        seen.Message!.ShouldContain(@"2 answers came");
        seen.Message!.ShouldContain(@"'go away\n'");
    }

    [Fact]
    public async Task Of_a_long_answer_only_so_much_is_looked_at_and_that_is_said()
    {
        await using var peer = new UdpPeer(static _ => [[.. new byte[BoundDatagram.LargestRead - 2], .. "hello"u8]]);
        var seen = await probe.RunUntilAsync(peer.Target, Hello, peer.Answered);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ExpectMismatch));
        seen.Message!.ShouldContain("16384 bytes");
        seen.Details!.ShouldContain("\"truncated\":true");

        await using var early = new UdpPeer(static _ => [[.. "hello"u8, .. new byte[40_000]]]);
        (await probe.RunAsync(early.Target, Hello)).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task An_answer_from_another_port_is_not_heard()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var running = probe.RunAsync($"{peer.LocalEndPoint}", Hello);
        var request = await peer.ReceiveFromAsync(new byte[100], new IPEndPoint(IPAddress.Any, 0));
        await other.SendToAsync("hello"u8.ToArray(), request.RemoteEndPoint);
        await peer.SendToAsync("later: hello"u8.ToArray(), request.RemoteEndPoint);
        var seen = await running;
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("udp_reply_bytes").ShouldBe("later: hello".Length);
        seen.Measured("udp_ignored_count").ShouldBe(0);
    }

    [Fact]
    public async Task Every_run_comes_from_a_port_of_its_own()
    {
        using var watcher = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        watcher.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var seen = new HashSet<int>();
        for (var i = 0; i < 20; i++)
        {
            var running = probe.RunAsync($"{watcher.LocalEndPoint}", Parameters.Empty);
            var request = await watcher.ReceiveFromAsync(new byte[1], new IPEndPoint(IPAddress.Any, 0));
            seen.Add(((IPEndPoint)request.RemoteEndPoint).Port);
            await watcher.SendToAsync(new byte[1], request.RemoteEndPoint);
            (await running).Status.ShouldBe(Status.Up);
        }

        // Of some 28,000 ports two may be the same by chance; in sequence they would all lie within twenty.
        seen.Count.ShouldBeGreaterThan(15);
        (seen.Max() - seen.Min()).ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("send", @"\q")]
    [InlineData("expect", @"\x1")]
    [InlineData("closedIs", "open")]
    public void What_cannot_be_read_is_refused(string option, string value)
    {
        var problems = new Problems();
        UdpProbe.Kind.Validate("127.0.0.1:9", Parameters.Empty.With(option, value), problems);
        problems.Found.ShouldHaveSingleItem().Path.ShouldBe($"set.{option}");
    }

    [Fact]
    public void More_than_a_datagram_holds_is_refused()
    {
        UdpProbe.Kind.Option("send")!.Problem(new string('x', 65507)).ShouldBeNull();
        UdpProbe.Kind.Option("send")!.Problem(new string('x', 65508)).ShouldNotBeNull().ShouldContain("65507");
    }

    [Fact]
    public async Task The_largest_datagram_goes_out_and_comes_back()
    {
        await using var peer = new UdpPeer(UdpPeer.Echo);
        var seen = await probe.RunAsync(peer.Target, Parameters.Empty.With("send", new string('x', 65507)));
        seen.Status.ShouldBe(Status.Up, seen.Message);
    }

    [Fact]
    public async Task Loopback_is_not_probed_where_the_policy_forbids_it()
    {
        using var strict = new Resolver(new AddressPolicy(allowLoopback: false));
        await using var guarded = new UdpProbe(strict);
        var seen = await guarded.RunAsync("127.0.0.1:9", Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.PolicyDenied));
    }

    [Theory]
    [InlineData("10.99.0.255", Reasons.PolicyDenied)]
    [InlineData("10.97.0.1", Reasons.NoPermission)]
    [InlineData("10.96.0.1", Reasons.NoRoute)]
    [InlineData("192.0.2.1", Reasons.NoRoute)]
    public async Task What_this_host_does_not_send_to_says_nothing_of_the_target(string target, string reason)
    {
        var seen = await await OwnNetwork.EnterAsync(() =>
        {
            OwnNetwork.Run("ip", "link add near type veth peer name far");
            OwnNetwork.Run("ip", "addr add 10.99.0.1/24 broadcast + dev near");
            OwnNetwork.Run("ip", "link set near up");
            OwnNetwork.Run("ip", "route add prohibit 10.97.0.0/16");
            OwnNetwork.Run("ip", "route add unreachable 10.96.0.0/16");
            return probe.RunAsync($"{target}:9", Parameters.Empty);
        });
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, reason), seen.Message);
    }
}
