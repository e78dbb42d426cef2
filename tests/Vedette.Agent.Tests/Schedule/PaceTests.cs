namespace Vedette.Agent.Tests.Schedule;

public sealed class PaceTests
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(51);

    private readonly Pace pace = new();

    [Fact]
    public void It_grows_while_the_process_keeps_up_and_never_past_what_can_be_counted()
    {
        var before = 0;
        for (var i = 0; i < 1000; i++)
        {
            var most = pace.Next(Pace.Tolerable);
            most.ShouldBeGreaterThan(before);
            before = most;
        }

        for (var i = 0; i < 1_000_000; i++) before = pace.Next(TimeSpan.Zero);
        before.ShouldBe(1_000_000);
    }

    [Fact]
    public void While_late_half_of_what_began_before_may_begin_but_never_too_few_to_go_on()
    {
        for (var i = 0; i < 1000; i++) pace.Next(TimeSpan.Zero);
        pace.Began(400);
        pace.Next(Late).ShouldBe(200);
        pace.Began(200);
        pace.Next(Late).ShouldBe(100);
        pace.Began(0);
        pace.Next(Late).ShouldBe(Pace.Least);
    }
}
