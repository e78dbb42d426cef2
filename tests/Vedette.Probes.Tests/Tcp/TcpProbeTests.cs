using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tcp;

namespace Vedette.Probes.Tests.Tcp;

public sealed class TcpProbeTests : IAsyncDisposable
{
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly TcpProbe probe;

    public TcpProbeTests() => probe = new TcpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Fact]
    public async Task An_open_port_is_up_with_its_phases_and_no_retransmits()
    {
        await using var peer = new Peer(Peer.Silence);
        var seen = await probe.RunAsync(peer.Target, Parameters.Empty);
        seen.Status.ShouldBe(Status.Up);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "connect"]);
        seen.Measured("tcp_syn_retransmits_count").ShouldBe(0);
        seen.Measured("tcp_rtt_seconds").ShouldBeInRange(0, 0.5);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("address", "127.0.0.1"));
    }

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        var peer = new Peer(Peer.Silence);
        var target = peer.Target;
        await peer.DisposeAsync();
        var seen = await probe.RunAsync(target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Refused));
    }

    [Fact]
    public async Task A_connection_nobody_takes_is_a_timeout_with_the_retransmits_that_the_kernel_counted()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var fillers = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        foreach (var filler in fillers) _ = filler.ConnectAsync(full.LocalEndPoint!);

        // Linux sends a SYN again after 1 s, then after 2 s more (RFC 6298), whatever the time at which the probe gives up.
        var seen = await probe.RunAsync($"{full.LocalEndPoint}", Parameters.Empty, TimeSpan.FromMilliseconds(1600));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout), seen.Message);
        seen.Measured("tcp_syn_retransmits_count").ShouldBe(1);
        foreach (var filler in fillers) filler.Dispose();
    }

    [Fact]
    public async Task An_echo_answers_what_it_was_sent_even_byte_by_byte()
    {
        await using var peer = new Peer(static async (socket, stop) =>
        {
            var buffer = new byte[64];
            var read = await socket.ReceiveAsync(buffer, stop);
            for (var i = 0; i < read; i++) await socket.SendAsync(buffer.AsMemory(i, 1), stop);
            await Peer.Silence(socket, stop);
        });
        var seen = await probe.RunAsync(peer.Target, Parameters.Empty.With("send", @"PING\r\n").With("expect", @"PING\r\n"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "connect", "expect"]);
    }

    [Fact]
    public async Task A_peer_that_closes_or_resets_first_is_told_apart()
    {
        await using (var closing = new Peer(static (_, _) => Task.CompletedTask))
            (await probe.RunAsync(closing.Target, Parameters.Empty.With("expect", "220 "))).Reason.ShouldBe(Reasons.ExpectMismatch);

        await using var resetting = new Peer(static (socket, _) =>
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            return Task.CompletedTask;
        });
        (await probe.RunAsync(resetting.Target, Parameters.Empty.With("expect", "220 "))).Reason.ShouldBe(Reasons.Reset);
    }

    [Fact]
    public async Task A_peer_that_floods_is_read_only_so_far()
    {
        await using var peer = new Peer(static async (socket, stop) =>
        {
            var noise = new byte[16 * 1024];
            while (true) await socket.SendAsync(noise, stop);
        });
        var seen = await probe.RunAsync(peer.Target, Parameters.Empty.With("expect", "220 "));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ExpectMismatch));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_not_a_refused_connection()
    {
        var seen = await probe.RunAsync("does-not-exist.invalid:80", Parameters.Empty, TimeSpan.FromSeconds(10));
        seen.Reason.ShouldBeOneOf(Reasons.NxDomain, Reasons.NoAddress, Reasons.ResolverFailed);
        if (seen.Reason == Reasons.ResolverFailed) seen.Status.ShouldBe(Status.Unknown);
    }

    [Fact]
    public async Task Loopback_is_not_probed_where_the_policy_forbids_it()
    {
        using var strict = new Resolver(new AddressPolicy(allowLoopback: false));
        await using var guarded = new TcpProbe(strict);
        var seen = await guarded.RunAsync("127.0.0.1:80", Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.PolicyDenied));
    }
}
