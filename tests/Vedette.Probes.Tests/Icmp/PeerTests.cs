using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Icmp;

/// <summary>The whole probe against a peer that answers as it likes, over raw sockets and over the kernel's ping sockets.</summary>
public sealed class PeerTests
{
    public static TheoryData<bool, bool> Sockets { get; } = new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task Copies_are_duplicates_and_those_after_the_run_count_with_the_next(bool v6, bool pingOnly)
    {
        await using var scene = await Scene.EnterAsync(v6, pingOnly, Parameters.Empty.With("packets", ["2"]).With("gap", ["20ms"]));
        async Task AnswerAsync()
        {
            for (var packet = 0; packet < 2; packet++)
            {
                var request = await scene.Peer.RequestAsync();
                for (var copy = 0; copy < 3; copy++) scene.Peer.Reply(request);
            }
        }

        var answering = AnswerAsync();
        var first = await scene.First;
        await answering;
        answering = AnswerAsync();
        var second = await scene.RunAsync();
        await answering;
        foreach (var seen in new[] { first, second })
        {
            seen.Status.ShouldBe(Status.Up, seen.Message);
            seen.Measured("icmp_loss_ratio").ShouldBe(0);
            seen.Measured("icmp_late_count").ShouldBe(0);
        }

        first.Measured("icmp_duplicates_count").ShouldBeInRange(2, 4);
        (first.Measured("icmp_duplicates_count") + second.Measured("icmp_duplicates_count")).ShouldBeInRange(6, 8);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task A_reply_after_the_deadline_is_lost_to_its_run_and_late_in_the_next(bool v6, bool pingOnly)
    {
        await using var scene = await Scene.EnterAsync(v6, pingOnly, Parameters.Empty, TimeSpan.FromMilliseconds(100));
        var late = await scene.Peer.RequestAsync();
        var first = await scene.First;
        (first.Status, first.Reason).ShouldBe((Status.Down, Reasons.Timeout), first.Message);
        first.Measured("icmp_loss_ratio").ShouldBe(1);

        scene.Peer.Reply(late);
        var running = scene.RunAsync(TimeSpan.FromSeconds(5));
        var request = await scene.Peer.RequestAsync();
        request[4..8].ShouldNotBe(late[4..8]);
        scene.Peer.Reply(request);
        var second = await running;
        second.Status.ShouldBe(Status.Up, second.Message);
        second.Measured("icmp_late_count").ShouldBe(1);
        second.Measured("icmp_duplicates_count").ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task A_liar_is_not_believed_and_the_truth_after_it_is(bool v6, bool pingOnly)
    {
        await using var scene = await Scene.EnterAsync(v6, pingOnly, Parameters.Empty);
        var request = await scene.Peer.RequestAsync();
        var changed = request.ToArray();
        changed[^1] ^= 1;
        scene.Peer.Reply(changed);
        scene.Peer.Reply(request[..^1]);
        var elsewhere = request.ToArray();
        elsewhere[8] ^= 1;
        scene.Peer.Reject(v6 ? (byte)1 : (byte)3, 0, elsewhere);
        scene.Peer.Reply(request);
        var seen = await scene.First;
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("icmp_duplicates_count").ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task An_error_about_our_request_ends_the_run_at_once(bool v6, bool pingOnly)
    {
        await using var scene = await Scene.EnterAsync(v6, pingOnly, Parameters.Empty);
        var request = await scene.Peer.RequestAsync();
        scene.Peer.Reject(v6 ? (byte)1 : (byte)3, v6 ? (byte)1 : (byte)13, request);
        var seen = await scene.First;
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.AdminProhibited), seen.Message);
        seen.Attributes.ShouldContain(new KeyValuePair<string, string>("reported_by", v6 ? "::1" : "127.0.0.1"));
        seen.Measured("icmp_loss_ratio").ShouldBe(1);

        // The error leaves nothing behind on the socket that would fail the next send.
        var running = scene.RunAsync();
        scene.Peer.Reply(await scene.Peer.RequestAsync());
        (await running).Status.ShouldBe(Status.Up);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task What_is_in_the_socket_when_the_run_ends_is_in_time(bool v6, bool pingOnly)
    {
        await using var scene = await Scene.EnterAsync(v6, pingOnly, Parameters.Empty.With("packets", ["8"]).With("gap", ["0s"]), TimeSpan.FromMinutes(1));
        var requests = new List<byte[]>();
        while (requests.Count < 8) requests.Add(await scene.Peer.RequestAsync());

        // While so many are awaited the engine does not look at once: the last of these wait in the socket.
        foreach (var request in requests.SkipLast(1)) scene.Peer.Reply(request);
        scene.EndFirst();
        var seen = await scene.First;
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("icmp_packets_received_count").ShouldBe(7);
        seen.Measured("icmp_late_count").ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_three_failed_runs_the_next_has_another_identifier(bool v6)
    {
        await using var scene = await Scene.EnterAsync(v6, pingOnly: false, Parameters.Empty);
        var ids = new List<int>();
        var running = scene.First;
        for (var run = 0; run < 4; run++)
        {
            var request = await scene.Peer.RequestAsync();
            ids.Add((request[4] << 8) | request[5]);
            scene.Peer.Reject(v6 ? (byte)1 : (byte)3, v6 ? (byte)4 : (byte)3, request);
            (await running).Status.ShouldBe(Status.Down);
            running = run < 3 ? scene.RunAsync() : running;
        }

        ids.Take(3).Distinct().ShouldHaveSingleItem();
        ids[3].ShouldNotBe(ids[0]);
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly Resolver resolver = new(ProbeRuns.Policy);
        private readonly IcmpProbe probe;
        private readonly ProbeRun run;
        private readonly CancellationTokenSource firstDeadline;

        private Scene(bool v6, bool pingOnly, Parameters parameters, TimeSpan timeout)
        {
            Peer = new RawPeer(v6);
            probe = new IcmpProbe(resolver, new IcmpEngines(pingOnly));
            run = ProbeRuns.Bind(probe, v6 ? "::1" : "127.0.0.1", parameters);

            // A literal address needs no waiting before the sockets are open, so they are opened here and now.
            firstDeadline = new CancellationTokenSource(timeout);
            First = RunAsync(timeout, firstDeadline);
        }

        public RawPeer Peer { get; }

        public Task<Observation> First { get; }

        public static Task<Scene> EnterAsync(bool v6, bool pingOnly, Parameters parameters, TimeSpan? timeout = null) =>
            OwnNetwork.EnterAsync(() => new Scene(v6, pingOnly, parameters, timeout ?? TimeSpan.FromSeconds(5)));

        public Task<Observation> RunAsync() => RunAsync(TimeSpan.FromSeconds(5));

        public async Task<Observation> RunAsync(TimeSpan timeout)
        {
            using var deadline = new CancellationTokenSource(timeout);
            return await RunAsync(timeout, deadline);
        }

        public void EndFirst() => firstDeadline.Cancel();

        public async ValueTask DisposeAsync()
        {
            await probe.DisposeAsync();
            await Peer.DisposeAsync();
            firstDeadline.Dispose();
            resolver.Dispose();
        }

        private async Task<Observation> RunAsync(TimeSpan timeout, CancellationTokenSource deadline) =>
            await run(new RunContext(TimeProvider.System, TimeProvider.System.GetTimestamp(), timeout, deadline.Token));
    }
}
