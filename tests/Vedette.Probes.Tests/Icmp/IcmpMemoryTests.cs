using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Icmp;

[Collection(nameof(Deadlines))]
public sealed class IcmpMemoryTests
{
    [Theory, MemberData(nameof(PeerTests.Sockets), MemberType = typeof(PeerTests))]
    public async Task A_flood_of_copies_lies_and_foreign_errors_fills_nothing(bool v6, bool pingOnly)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver, new IcmpEngines(pingOnly));
        var parameters = Parameters.Empty.With("packets", "2").With("gap", "10ms");
        var run = () => probe.RunAsync(v6 ? "::1" : "127.0.0.1", parameters, TimeSpan.FromMilliseconds(500));
        var (peer, running) = await OwnNetwork.EnterAsync(() => (new RawPeer(v6), run()));
        await using (peer)
        {
            await running;
            await peer.RequestAsync();
            await peer.RequestAsync();
            var measured = RunMemory.StaysWithinAsync(run);
            var request = await peer.RequestAsync();
            await Task.Factory.StartNew(
                () =>
                {
                    // Of the two of each run, however often it is repeated, only the first is answered.
                    for (var further = 0; !measured.IsCompleted; Lie(peer, v6, request))
                        while (peer.TryRequest(out var next))
                            if (++further % 2 == 0) request = next;
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var seen = await measured;
            seen.Measured("icmp_loss_ratio").ShouldBe(0.5);
            seen.Measured("icmp_duplicates_count").ShouldBeGreaterThan(100);
        }
    }

    private static void Lie(RawPeer peer, bool v6, byte[] request)
    {
        var changed = request.ToArray();
        changed[^1] ^= 1;
        peer.Reply(request);
        peer.Reply(changed);
        peer.Reply(request[..^1]);
        peer.Reply([.. request, .. new byte[1000]]);
        changed[8] ^= 1;
        peer.Reject(v6 ? (byte)1 : (byte)3, 0, changed);
    }
}
