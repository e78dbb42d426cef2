using Vedette.Probes.Icmp;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Icmp;

public sealed class BroadcastTests
{
    public static TheoryData<bool, string, string, string> Refused { get; } = new()
    {
        { false, "10.99.0.255", Reasons.PolicyDenied, "10.99.0.255 is the broadcast address of a network of this host" },
        { true, "10.99.0.255", Reasons.PolicyDenied, "10.99.0.255 is the broadcast address of a network of this host" },
        { false, "10.98.3.255", Reasons.PolicyDenied, "10.98.3.255 is the broadcast address of a network of this host" },
        { true, "10.98.3.255", Reasons.PolicyDenied, "10.98.3.255 is the broadcast address of a network of this host" },
        { false, "127.255.255.255", Reasons.PolicyDenied, "127.255.255.255 is the broadcast address of a network of this host" },

        // ip(7): the kernel answers a route that forbids with the same error.
        { false, "10.97.0.255", Reasons.NoPermission, "this host does not permit it" },
        { true, "10.97.0.255", Reasons.NoPermission, "this host does not permit it" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task What_is_not_one_hosts_address_is_refused_as_that_and_what_is_forbidden_as_forbidden(bool pingOnly, string target, string reason, string says)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver, new IcmpEngines(pingOnly));
        var run = await OwnNetwork.EnterAsync(() =>
        {
            OwnNetwork.Run("ip", "link add near type veth peer name far");
            OwnNetwork.Run("ip", "addr add 10.99.0.1/24 broadcast + dev near");
            OwnNetwork.Run("ip", "addr add 10.98.0.1/22 broadcast + dev near");
            OwnNetwork.Run("ip", "link set near up");
            OwnNetwork.Run("ip", "route add prohibit 10.97.0.0/16");
            return probe.RunAsync(target, Parameters.Empty);
        });
        var seen = await run;
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, reason), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain(says);
    }

    [Fact]
    public async Task An_address_that_only_looks_like_a_broadcast_is_probed()
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new IcmpProbe(resolver, new IcmpEngines());
        var seen = await await OwnNetwork.EnterAsync(() =>
        {
            OwnNetwork.Run("ip", "link add near type veth peer name far");
            OwnNetwork.Run("ip", "addr add 10.98.0.1/22 broadcast + dev near");
            OwnNetwork.Run("ip", "addr add 10.98.1.255/32 dev lo");
            OwnNetwork.Run("ip", "link set near up");
            File.WriteAllText("/proc/sys/net/ipv4/icmp_echo_ignore_all", "0");
            return probe.RunAsync("10.98.1.255", Parameters.Empty);
        });
        seen.Status.ShouldBe(Status.Up, seen.Message);
    }
}
