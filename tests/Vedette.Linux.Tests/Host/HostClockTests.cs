using Vedette.Linux.Host;

namespace Vedette.Linux.Tests.Host;

public sealed class HostClockTests
{
    // NTP_PHASE_LIMIT of the kernel (kernel/time/ntp.c): at so much it gives up believing that anything keeps the clock.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(16);

    [Fact]
    public void The_state_of_the_clock_is_read_and_one_that_may_be_off_by_sixteen_seconds_is_not_synchronized()
    {
        var clock = HostClock.Read().ShouldNotBeNull();
        clock.MostError.ShouldBeInRange(TimeSpan.Zero, Limit);
        clock.LikelyError.ShouldBeInRange(TimeSpan.Zero, Limit);
        if (clock.MostError == Limit) clock.IsSynchronized.ShouldBeFalse();
    }
}
