using Vedette.Cli.Top;

namespace Vedette.Cli.Tests.Top;

public sealed class RunRateTests
{
    [Fact]
    public void Nothing_is_said_before_a_whole_second_was_counted()
    {
        var rate = RunRate.None.At(Watched.Noon).Add(7);
        rate.PerSecond.ShouldBeNull();
        rate.At(Watched.Noon.AddSeconds(0.9)).PerSecond.ShouldBeNull();
        rate.At(Watched.Noon.AddSeconds(1)).PerSecond.ShouldBe(7);
    }

    [Fact]
    public void It_is_the_mean_of_the_latest_ten_whole_seconds()
    {
        var rate = RunRate.None.At(Watched.Noon).Add(100);
        for (var second = 1; second <= 10; second++) rate = rate.At(Watched.Noon.AddSeconds(second)).Add(20);
        rate.PerSecond.ShouldBe(28);
        rate.At(Watched.Noon.AddSeconds(11)).PerSecond.ShouldBe(20);
    }

    [Fact]
    public void Seconds_without_a_run_count_as_well()
    {
        var rate = RunRate.None.At(Watched.Noon).Add(9).At(Watched.Noon.AddSeconds(3));
        rate.PerSecond.ShouldBe(3);
        rate.At(Watched.Noon.AddHours(1)).PerSecond.ShouldBe(0);
    }

    [Fact]
    public void Seconds_that_were_skipped_push_out_those_that_are_older_than_ten()
    {
        var rate = RunRate.None.At(Watched.Noon).Add(20);
        for (var second = 1; second <= 10; second++) rate = rate.At(Watched.Noon.AddSeconds(second)).Add(20);
        rate = rate.At(Watched.Noon.AddSeconds(15));
        (rate.Whole.Length, rate.PerSecond).ShouldBe((10, 12));
    }

    [Fact]
    public void A_clock_that_is_set_back_begins_anew() =>
        RunRate.None.At(Watched.Noon).Add(9).At(Watched.Noon.AddSeconds(1)).At(Watched.Noon.AddHours(-1)).PerSecond.ShouldBe(0);
}
