namespace Vedette.Linux.Tests;

public sealed class InstantTests
{
    private const long Millisecond = 1_000_000;
    private static readonly Instant Sent = new(Wall: 1_000_000 * Millisecond, Monotonic: 500 * Millisecond);

    [Fact]
    public void The_kernels_stamp_counts_not_the_moment_of_reading() =>
        Sent.Until(Sent.Wall + (10 * Millisecond), After(30)).ShouldBe(TimeSpan.FromMilliseconds(10));

    [Fact]
    public void Without_a_stamp_the_moment_of_reading_counts() =>
        Sent.Until(null, After(30)).ShouldBe(TimeSpan.FromMilliseconds(30));

    [Theory]
    [InlineData(-3_600_000)]
    [InlineData(-5)]
    [InlineData(5)]
    [InlineData(3_600_000)]
    public void A_wall_clock_that_was_set_meanwhile_is_not_believed(long step)
    {
        var read = After(30);
        read = read with { Wall = read.Wall + (step * Millisecond) };
        Sent.Until(Sent.Wall + ((10 + step) * Millisecond), read).ShouldBe(TimeSpan.FromMilliseconds(30));
        Sent.Until(Sent.Wall + (10 * Millisecond), read).ShouldBe(TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void A_stamp_from_before_the_request_or_after_the_reading_is_not_believed()
    {
        Sent.Until(Sent.Wall, After(30)).ShouldBe(TimeSpan.FromMilliseconds(30));
        Sent.Until(Sent.Wall + (40 * Millisecond), After(30)).ShouldBe(TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void Both_clocks_are_read_in_nanoseconds()
    {
        var now = Instant.Now();
        Math.Abs(now.Wall - ((TimeProvider.System.GetUtcNow().Ticks - DateTimeOffset.UnixEpoch.Ticks) * 100)).ShouldBeLessThan(60_000 * Millisecond);
        Instant.Now().Monotonic.ShouldBeGreaterThanOrEqualTo(now.Monotonic);
    }

    private static Instant After(long milliseconds) => new(Sent.Wall + (milliseconds * Millisecond), Sent.Monotonic + (milliseconds * Millisecond));
}
