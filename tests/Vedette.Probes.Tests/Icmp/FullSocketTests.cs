using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Icmp;

[Collection(nameof(Deadlines))]
public sealed class FullSocketTests
{
    private const int Runs = 185;

    // 18,500 small packets in 300 ms: more than the socket's buffer of 8 MB holds, each taking 768 bytes of it, by less than the sender lets wait. So much less
    // that the sender's thread may be held up for a while, too.
    // A ping socket, because a raw one has no room for a packet only when its buffer is full twice over, and then says ENOBUFS (ip_append_data).
    [Fact]
    public async Task What_finds_the_socket_full_is_sent_when_there_is_room()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver, new IcmpEngines(pingOnly: true));
        var burst = Parameters.Empty.With("packets", ["100"]).With("gap", ["3ms"]);
        var runs = await OwnNetwork.EnterAsync(() =>
        {
            OwnNetwork.Run("ip", "link add slow type veth peer name sink");
            OwnNetwork.Run("ip", "addr add 10.98.0.1/24 dev slow");
            OwnNetwork.Run("ip", "link set slow up");
            OwnNetwork.Run("ip", "link set sink up");
            OwnNetwork.Run("ip", "neigh add 10.98.0.2 lladdr 02:00:00:00:00:02 dev slow");
            OwnNetwork.Run("tc", "qdisc add dev slow root tbf rate 4mbit burst 16kb limit 100mb");
            return Enumerable.Range(0, Runs).Select(_ => probe.RunAsync("10.98.0.2", burst, TimeSpan.FromSeconds(3))).ToList();
        });
        foreach (var seen in await Task.WhenAll(runs))
        {
            (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout), seen.Message);
            seen.Measured("icmp_packets_sent_count").ShouldBe(100);
        }
    }
}
