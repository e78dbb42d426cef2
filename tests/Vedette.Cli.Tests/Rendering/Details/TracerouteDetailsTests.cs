using Vedette.Cli.Rendering;
using Vedette.Cli.Rendering.Details;

namespace Vedette.Cli.Tests.Rendering.Details;

public sealed class TracerouteDetailsTests
{
    private const string Path = """
        {"hops":[{"ttl":1,"addresses":["192.0.2.1"],"sent":3,"rtts":[0.001,0.002,0.003]},
                 {"ttl":2,"addresses":[],"sent":3,"rtts":[]},
                 {"ttl":3,"addresses":[],"sent":3,"rtts":[]},
                 {"ttl":4,"addresses":["203.0.113.9","203.0.113.10"],"sent":3,"rtts":[0.004,0.004],"mpls":[{"label":24001,"tc":0,"bottom":false,"ttl":1},{"label":17,"tc":0,"bottom":true,"ttl":1}]},
                 {"ttl":5,"addresses":[],"sent":3,"rtts":[]},
                 {"ttl":6,"addresses":["198.51.100.7"],"sent":3,"rtts":[0.0001,0.0001,0.0001]}]}
        """;

    [Fact]
    public void A_hop_is_a_line_and_silent_ones_in_a_row_are_one() =>
        DetailsText.Lines("traceroute", Path, new Palette(colours: false), 42).ShouldBe(
        [
            "  1  192.0.2.1     2.00 ms  ███",
            "2-3  no answer",
            "  4  203.0.113.9   4.00 ms  ██████  2 of 3",
            "     203.0.113.10",
            "     MPLS 24001, 17",
            "  5  no answer",
            "  6  198.51.100.7   100 µs  ▏",
        ]);

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public void No_line_is_wider_than_the_terminal(int width) =>
        DetailsText.Lines("traceroute", Path, new Palette(colours: true), width).ShouldAllBe(line => Columns.Of(line) <= width);

    [Fact]
    public void A_long_address_leaves_room_for_a_bar_of_eighty_columns()
    {
        const string V6 = """{"hops":[{"ttl":64,"addresses":["2001:db8:1111:2222:3333:4444:5555:6666"],"sent":3,"rtts":[0.25]}]}""";
        DetailsText.Lines("traceroute", V6, new Palette(colours: false), 78).ShouldBe([$"64  2001:db8:1111:2222:3333:4444:5555:6666   250 ms  {new string('█', 17)}  1 of 3"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"hops":[]}""")]
    public void A_trace_without_hops_has_no_lines(string details) => DetailsText.Lines("traceroute", details).ShouldBeEmpty();

    [Fact]
    public void What_an_agent_calls_an_address_does_not_steer_the_terminal() =>
        DetailsText.Lines("traceroute", """{"hops":[{"ttl":1,"addresses":["\u001b[2J"],"sent":1,"rtts":[0.1]}]}""").ShouldAllBe(line => !line.Contains('\u001b'));
}
