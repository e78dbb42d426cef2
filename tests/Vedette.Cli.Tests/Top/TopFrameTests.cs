using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.Cli.Top;

namespace Vedette.Cli.Tests.Top;

public sealed class TopFrameTests
{
    private const string Hostile = "\e[2J\u202Eevil\r\n\u2028\0";

    private static readonly WatchedCheck[] Mixed =
    [
        Watched.Check("web-01", name: "Front page", target: "shop.example:443", latency: 0.0123), Watched.Check("db-01", Status.Down, message: "no answer within 1s while connecting"),
        Watched.Check("slow", Status.Degraded, "http", "https://slow.example/", message: "too slow"), Watched.Check("new", Status.Unknown), Watched.Check("東京-01", name: "東京の入口", target: "例え.example:80"),
        Watched.Check("quiet", lifecycle: Lifecycle.Paused), Watched.Check("gone", lifecycle: Lifecycle.Stopped), Watched.Check("hostile", Status.Down, target: Hostile, name: Hostile, message: Hostile),
    ];

    [Fact]
    public void Whatever_the_size_there_are_as_many_lines_as_the_terminal_has_and_none_is_wider()
    {
        TopState[] states = [State(), State() with { ShowsDetail = true }, State() with { ShowsHelp = true }, State() with { Lost = "connection refused", Held = State().Checks }, State() with { IsTyping = true, Filter = "no such check" }, new("http://hub")];
        foreach (var state in states)
            foreach (var colours in new[] { false, true })
                for (var width = 1; width <= 200; width += width < 40 ? 1 : 7)
                    for (var height = 1; height <= 50; height += height < 12 ? 1 : 9)
                    {
                        var lines = Draw(state, width, height, colours);
                        lines.Count.ShouldBe(height);
                        lines.Max(Columns.Of).ShouldBeLessThanOrEqualTo(width, $"{width}x{height}");
                        // A terminal that is sent anything but colours complains.
                        new Emulator(width, height).Write(new Screen().Show(lines, width)).Lines.Count.ShouldBe(height);
                    }
    }

    [Fact]
    public void At_20_columns_it_shows_glyph_and_id()
    {
        var lines = Draw(State(), 20, 12);
        lines[0].ShouldBe("✖2 ◐1 ?1 ●2 ‖1 ■1   ");
        lines.ShouldContain("▸✖ db-01     10.0 ms");
        lines.ShouldContain(" ● 東京-01   10.0 ms");
        var longer = Draw(State().After([new HubEvent.Changed(Watched.Check("a-longer-id"))]), 20, 12);
        longer.ShouldContain("▸✖ db-01      ");
        longer.ShouldContain(" ● a-longer-id");
    }

    [Fact]
    public void At_80_columns_a_check_in_trouble_says_why_in_the_place_of_its_target()
    {
        var lines = Draw(State(), 80, 24);
        lines[0].ShouldMatch("^✖2 ◐1 [?]1 ●2 ‖1 ■1 +● live  12:00:00$");
        lines[2].ShouldMatch("^▸✖ db-01 .* tcp   timeout: no answer wi.* +✖ +10.0 ms +5m$");
        lines.ShouldContain(line => line.StartsWith(" ● web-01", StringComparison.Ordinal) && line.Contains("shop.example:443", StringComparison.Ordinal) && line.Contains("12.3 ms", StringComparison.Ordinal));
    }

    [Fact]
    public void At_200_columns_names_targets_and_reasons_have_columns_of_their_own()
    {
        var lines = Draw(State(), 200, 24);
        lines[0].ShouldMatch(@"^vedette  8 checks  ✖ 2 down .*http://hub  ● live  12:00:00$");
        lines[1].ShouldMatch("^ ▾ CHECK +NAME +KIND +TARGET +LATEST +LATENCY +FOR +WHY NOT +$");
        lines[2].ShouldMatch("db-01 +tcp +192.0.2.1:80 .* timeout: no answer within 1s while connecting +$");
        lines.ShouldContain(line => line.Contains("Front page", StringComparison.Ordinal) && line.Contains("shop.example:443", StringComparison.Ordinal));
    }

    [Fact]
    public void Trouble_is_first_and_what_is_not_measured_last() =>
        Draw(State(), 60, 24).Skip(2).Take(8).Select(line => line[1]).ShouldBe("✖✖◐?●●‖■");

    [Fact]
    public void Connection_and_hold_are_said_in_words()
    {
        var lines = Draw(State() with { Lost = "Connection refused", Held = State().Checks }, 80, 24);
        lines[0].ShouldContain("✖ not live");
        lines[1].TrimEnd().ShouldBe("✖ not live: Connection refused; trying again until it is back");
        lines[2].ShouldStartWith("‖ held still");
    }

    [Fact]
    public void Held_still_the_counts_and_what_is_said_of_no_check_are_of_what_was()
    {
        var held = State() with { Held = State().Checks };
        Draw(held.After([new HubEvent.Removed("db-01")]), 200, 24)[0].ShouldStartWith("vedette  8 checks  ✖ 2 down");
        var empty = new TopState("http://hub");
        Draw((empty with { Held = empty.Checks }).After([new HubEvent.Synchronised(Mixed)]), 80, 10)[3].ShouldBe("no checks yet; add one with: vedette check add KIND TARGET");
    }

    [Fact]
    public void The_detail_shows_phases_as_bars_the_strip_assertions_and_agents()
    {
        var check = Watched.Check("db-01", Status.Down, message: "no answer");
        check = check with { Check = check.Check with { Assertions = ["connect < 50ms"] } };
        var text = string.Join('\n', Draw(State().After([new HubEvent.Changed(check)]) with { ShowsDetail = true }, 100, 40));
        text.ShouldContain("✖ down  db-01");
        text.ShouldMatch("connect +5.00 ms +█+");
        text.ShouldContain("the latest 1 run: 1 down");
        text.ShouldContain("assert  connect < 50ms");
        text.ShouldMatch("local  ✖ down .* 3 in a row");
    }

    [Fact]
    public void Without_colours_nothing_but_text_is_drawn_and_the_selection_is_still_seen()
    {
        var lines = Draw(State(), 120, 24);
        string.Concat(lines).ShouldNotContain('\e');
        lines.Count(line => line.StartsWith('▸')).ShouldBe(1);
        string.Concat(Draw(State(), 120, 24, colours: true)).ShouldContain("\e[31m");
    }

    [Fact]
    public void Without_a_check_it_says_what_to_do()
    {
        Draw(new("http://hub"), 80, 10)[2].ShouldBe("no checks yet; add one with: vedette check add KIND TARGET");
        Draw(State() with { Filter = "xyz" }, 80, 10)[2].ShouldBe("no check has all these words; Esc clears the filter");
    }

    private static TopState State() => new TopState("http://hub").After([new HubEvent.Synchronised(Mixed)]);

    private static IReadOnlyList<string> Draw(TopState state, int width, int height, bool colours = false)
    {
        var frame = new TopFrame(new Palette(colours), new Utc());
        state = state.At(Watched.Noon, width, height);
        return frame.Lines(frame.Arrange(state, state.Shown()));
    }

    private sealed class Utc : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
