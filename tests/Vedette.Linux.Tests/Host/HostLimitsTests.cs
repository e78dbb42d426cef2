using Vedette.Linux.Host;

namespace Vedette.Linux.Tests.Host;

public sealed class HostLimitsTests
{
    [Fact]
    public void What_this_host_says_is_read()
    {
        HostLimits.OpenFiles()!.Value.ShouldBeGreaterThan(0);
        var (first, last) = HostLimits.EphemeralPorts()!.Value;
        first.ShouldBeInRange(1, last);
        HostLimits.WaitingConnections().ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files     ", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files     ", null)]
    [InlineData("Max open files", null)]
    [InlineData("Max processes             96424                96424                processes ", null)]
    public void Open_files_are_the_limit_that_holds(string line, long? most) =>
        HostLimits.OpenFiles(["Limit                     Soft Limit           Hard Limit           Units     ", line]).ShouldBe(most);

    [Fact]
    public void A_host_that_does_not_say_has_nothing_to_tell()
    {
        HostLimits.EphemeralPorts([]).ShouldBeNull();
        HostLimits.EphemeralPorts(["32768"]).ShouldBeNull();
        HostLimits.EphemeralPorts(["32768\t60999"]).ShouldBe((32768, 60999));
        HostLimits.WaitingConnections(["sockets: used 110"]).ShouldBeNull();
        HostLimits.WaitingConnections(["sockets: used 110", "TCP: inuse 5 orphan 0 tw 12 alloc 7 mem 1"]).ShouldBe(12);
    }
}
