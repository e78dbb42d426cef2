using System.Net;
using Vedette.Probes.Traceroute;

namespace Vedette.Probes.Tests.Traceroute;

public sealed class KnownRoutesTests
{
    private readonly KnownRoutes routes = new();

    [Fact]
    public void A_hop_that_is_silent_this_time_does_not_make_another_route()
    {
        var number = Whole("1 2 3 4");
        Whole("1 - 3 4").ShouldBe(number);
        Whole("- - - 4").ShouldBe(number);
        Whole("1 2 3 4").ShouldBe(number);
    }

    [Fact]
    public void A_hop_that_answers_for_the_first_time_does_not_either_and_then_counts()
    {
        var number = Whole("1 - 3");
        Whole("1 2 3").ShouldBe(number);
        Whole("1 9 3").ShouldNotBe(number);
    }

    [Fact]
    public void Another_router_or_another_length_is_another_route_and_coming_back_is_the_old_one()
    {
        var number = Whole("1 2 3");
        var other = Whole("1 9 3");
        other.ShouldNotBe(number);
        Whole("1 2 2 3").ShouldNotBe(number);
        Whole("1 - 2 3").ShouldNotBe(number);
        Whole("1 2 3").ShouldBe(number);
        Whole("1 9 3").ShouldBe(other);
    }

    [Fact]
    public void A_route_that_gives_out_is_known_by_its_beginning()
    {
        var number = Whole("1 2 3 4");
        Part("1 2").ShouldBe(number);
        Part("1 9").ShouldNotBe(number);
        Part("1 2 3 4 5").ShouldNotBe(number);
    }

    [Fact]
    public void Any_of_the_routers_of_a_hop_will_do()
    {
        var number = Whole("1 2,5 3");
        Whole("1 5 3").ShouldBe(number);
        Whole("1 2 3").ShouldBe(number);
        Whole("1 6,5 3").ShouldBe(number);
    }

    [Fact]
    public void The_number_is_the_same_in_another_process() => Whole("1 2 3").ShouldBe(new KnownRoutes().Recognize(Hops("1 2 3"), isWhole: true));

    [Fact]
    public void Routes_of_long_ago_are_forgotten()
    {
        var number = Whole("1 - 3");
        Whole("1 2 3").ShouldBe(number);
        for (var i = 10; i < 18; i++) Whole($"1 {i} 3");
        Whole("1 2 3").ShouldNotBe(number);
    }

    private uint Whole(string hops) => routes.Recognize(Hops(hops), isWhole: true);

    private uint Part(string hops) => routes.Recognize(Hops(hops), isWhole: false);

    private static IReadOnlyList<IReadOnlyList<IPAddress>> Hops(string hops) =>
        [.. hops.Split(' ').Select(hop => (IReadOnlyList<IPAddress>)(hop == "-" ? [] : [.. hop.Split(',').Select(last => IPAddress.Parse($"192.0.2.{last}"))]))];
}
