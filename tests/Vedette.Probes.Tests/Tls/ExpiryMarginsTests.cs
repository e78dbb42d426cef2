using Vedette.Probes.Connect;
using Vedette.Probes.Tls;

namespace Vedette.Probes.Tests.Tls;

public sealed class ExpiryMarginsTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(398, 31, Status.Up)]
    [InlineData(398, 29, Status.Degraded)]
    [InlineData(398, 6.9, Status.Down)]
    [InlineData(90, 30.1, Status.Up)]
    [InlineData(90, 29.9, Status.Degraded)]
    [InlineData(47, 16, Status.Up)]
    [InlineData(47, 15, Status.Degraded)]
    [InlineData(47, 7.1, Status.Degraded)]
    [InlineData(47, 6.9, Status.Down)]
    [InlineData(6, 2.1, Status.Up)]
    [InlineData(6, 1.9, Status.Degraded)]
    [InlineData(6, 0.9, Status.Down)]
    [InlineData(2_900_000, 2_800_000, Status.Up)]
    public void What_has_to_be_left_follows_the_lifetime(double lifetime, double left, Status status) =>
        StatusOf(new(null, null), Link(lifetime, left)).ShouldBe(status);

    [Theory]
    [InlineData("10d", "2d", 11, Status.Up)]
    [InlineData("10d", "2d", 9, Status.Degraded)]
    [InlineData("10d", "2d", 1, Status.Down)]
    [InlineData("0s", "0s", 0.001, Status.Up)]
    [InlineData("1d", "2d", 1.5, Status.Down)]
    public void What_the_check_says_wins(string warn, string critical, double left, Status status)
    {
        Durations.TryParse(warn, out var warnLeft).ShouldBeTrue();
        Durations.TryParse(critical, out var criticalLeft).ShouldBeTrue();
        StatusOf(new(warnLeft, criticalLeft), Link(90, left)).ShouldBe(status);
    }

    [Fact]
    public void The_certificate_that_is_worst_off_is_judged_and_the_first_to_expire_is_told()
    {
        var chain = Chain(Link(6, 2.5, "leaf"), Link(2000, 20, "intermediate"), Link(9000, 6, "root"));
        var property = new ExpiryMargins(null, null).Judge(chain, Now);
        property.Problem.ShouldNotBeNull().Status.ShouldBe(Status.Down);
        property.Why.ShouldNotBeNull().ShouldContain("root");
        property.What.ShouldNotBeNull().ShouldStartWith("leaf first");
    }

    private static Status StatusOf(ExpiryMargins margins, ChainLink link) => margins.Judge(Chain(link), Now).Problem?.Status ?? Status.Up;

    private static UsedChain Chain(params ChainLink[] links) => new(links, default, null, false, false);

    private static ChainLink Link(double lifetime, double left, string name = "zoo.test")
    {
        var until = Now.UtcDateTime.AddDays(left);
        return new(name, "root", until.AddDays(-lifetime), until, new("EC", 256), "sha256ECDSA", null, false, true, false);
    }
}
