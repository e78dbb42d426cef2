using Processes;
using Vedette;
using static Interop.RoutedNamespaces;

namespace Interop;

/// <summary>Timeouts that a shorter deadline makes. They run when all other tests are over, so that nobody but the check is late.</summary>
[CollectionDefinition(nameof(DeadlineTests), DisableParallelization = true)]
[Collection(nameof(DeadlineTests))]
public sealed class DeadlineTests
{
    [Fact]
    public async Task A_silent_host_is_a_timeout_and_a_rejecting_one_says_who_and_why()
    {
        await using var hosts = await NetworkNamespaces.CreateAsync();
        await hosts.FilterAsync("-A", "INPUT", "-p", "icmp", "-j", "DROP");
        var silent = await Run.InAsync(hosts.Near, "icmp", hosts.FarAddress, "--timeout", "300ms");
        (silent.Status, silent.Reason).ShouldBe((Status.Down, Reasons.Timeout));
        silent.DurationSeconds.ShouldBeInRange(0.3, 0.345);

        await hosts.FilterAsync("-F");
        await hosts.FilterAsync("-A", "INPUT", "-p", "icmp", "--icmp-type", "echo-request", "-j", "REJECT", "--reject-with", "icmp-admin-prohibited");
        var rejected = await Run.InAsync(hosts.Near, "icmp", hosts.FarAddress, "--timeout", "1s");
        (rejected.Status, rejected.Reason).ShouldBe((Status.Down, Reasons.AdminProhibited));
    }

    [Fact]
    public async Task The_source_that_is_asked_for_is_the_source()
    {
        await using var hosts = await RoutedNamespaces.CreateAsync();
        await Command.MustAsync("ip", "-n", hosts.Near, "addr", "add", "10.78.1.7/24", "dev", "up1");
        await Command.MustAsync("ip", "-n", hosts.Near, "addr", "add", "fd78:1::7/64", "dev", "up1", "nodad", "preferred_lft", "0");
        await Command.MustAsync("ip", "netns", "exec", hosts.Far, "iptables", "-A", "INPUT", "!", "-s", "10.78.1.7", "-j", "DROP");
        await Command.MustAsync("ip", "netns", "exec", hosts.Far, "ip6tables", "-A", "INPUT", "-s", "fd78:1::1", "-j", "DROP");
        await hosts.AllowPingSocketsAsync();
        foreach (var (target, source) in new[] { (Far4, "10.78.1.7"), (Far6, "fd78:1::7") })
        {
            (await Run.InAsync(hosts.Near, "icmp", target, "--timeout", "200ms")).Reason.ShouldBe(Reasons.Timeout);
            var raw = await Run.InAsync(hosts.Near, "icmp", target, "--set", $"source={source}");
            raw.Status.ShouldBe(Status.Up, raw.Message);
        }

        var four = await Run.WithoutRawSocketsAsync(hosts.Near, "icmp", Far4, "--set", "source=10.78.1.7");
        four.Status.ShouldBe(Status.Up, four.Message);
        var six = await Run.WithoutRawSocketsAsync(hosts.Near, "icmp", Far6, "--set", "source=fd78:1::7");
        (six.Status, six.Reason).ShouldBe((Status.Unknown, Reasons.Unsupported), six.Message);
    }
}
