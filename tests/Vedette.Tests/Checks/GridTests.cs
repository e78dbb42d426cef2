namespace Vedette.Tests.Checks;

public sealed class GridTests
{
    [Fact]
    public void Slots_are_one_interval_apart_and_never_drift()
    {
        var interval = TimeSpan.FromMilliseconds(1700);
        var grid = new Grid("0100", interval);
        var first = grid.After(DateTimeOffset.UnixEpoch.AddYears(56));
        var at = first;
        for (var i = 1; i <= 10_000; i++)
        {
            at = grid.After(at);
            at.ShouldBe(first + (i * interval));
        }
    }

    [Fact]
    public void The_next_slot_is_later_and_at_most_one_interval_away()
    {
        var random = new Random(7);
        for (var i = 0; i < 10_000; i++)
        {
            var interval = TimeSpan.FromMilliseconds(random.Next(1000, 86_400_000));
            var now = new DateTimeOffset(random.NextInt64(DateTimeOffset.UnixEpoch.Ticks, DateTimeOffset.UnixEpoch.AddYears(200).Ticks), TimeSpan.Zero);
            var next = new Grid(i.ToString(System.Globalization.CultureInfo.InvariantCulture), interval).After(now);
            next.ShouldBeGreaterThan(now);
            (next - now).ShouldBeLessThanOrEqualTo(interval);
            (next.Ticks % TimeSpan.TicksPerMillisecond).ShouldBe(0);
        }
    }

    [Fact]
    public void A_thousand_checks_spread_over_their_interval()
    {
        var origin = DateTimeOffset.UnixEpoch;
        var perTenth = Enumerable.Range(0, 1000)
            .Select(i => new Grid($"check-{i}", TimeSpan.FromSeconds(1)).After(origin) - origin)
            .GroupBy(offset => (int)(offset.TotalMilliseconds / 100))
            .Select(group => group.Count());
        perTenth.Max().ShouldBeLessThan(160);
    }
}
