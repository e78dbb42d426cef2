using Vedette.Cli.Hub;
using Vedette.Cli.Top;

namespace Vedette.Cli.Tests.Top;

public sealed class TopStateTests
{
    private static readonly TopState Three = new TopState("http://hub").After(
    [
        new HubEvent.Synchronised([Watched.Check("a", latency: 0.3), Watched.Check("b", Status.Down, target: "shop.example:443"), Watched.Check("c", name: "Front page", latency: 0.1)]),
    ]).At(Watched.Noon, 80, 24);

    [Fact]
    public void A_run_is_taken_once_however_often_it_is_told()
    {
        HubEvent.Ran run = new(Watched.Run("a", 2, latency: 0.5)), old = new(Watched.Run("a", 1));
        var after = Three.After([run, run, old]).Checks["a"];
        after.Recent.Select(recent => recent.LatencySeconds).ShouldBe([0.3, 0.5]);
        after.Status.LastResult!.Seq.ShouldBe(2ul);
        after.Status.Agents[0].LastResult!.Seq.ShouldBe(2ul);
    }

    [Fact]
    public void A_run_of_another_life_of_the_agent_counts_by_its_slot()
    {
        var after = Three.After([new HubEvent.Ran(Watched.Run("a", 40, epoch: "e")), new HubEvent.Ran(Watched.Run("a", 41, epoch: "f")), new HubEvent.Ran(Watched.Run("a", 3, epoch: "g"))]);
        after.Checks["a"].Status.LastResult!.Epoch.ShouldBe("f");
    }

    [Fact]
    public void The_latest_sixty_runs_are_kept_in_the_order_of_their_slots()
    {
        var after = Three.After([.. Enumerable.Range(2, 100).Select(seq => new HubEvent.Ran(Watched.Run("a", (ulong)seq)))]).Checks["a"];
        after.Recent.Count.ShouldBe(60);
        after.Recent.ShouldBeInOrder(SortDirection.Ascending, Comparer<RecentRun>.Create((one, other) => one.At.CompareTo(other.At)));
        after.Recent[^1].At.ShouldBe(Watched.Noon.AddSeconds(101));
    }

    [Fact]
    public void Failed_runs_in_a_row_are_counted_and_the_latest_says_why()
    {
        var down = Three.After([new HubEvent.Ran(Watched.Run("b", 2, Status.Down, message: "no route"))]).Checks["b"];
        (down.Status.Agents[0].FailedRuns, down.Status.Message).ShouldBe((4, "no route"));
        Three.After([new HubEvent.Ran(Watched.Run("b", 2))]).Checks["b"].Status.Agents[0].FailedRuns.ShouldBe(0);
    }

    [Fact]
    public void Before_anything_is_confirmed_the_latest_run_says_why()
    {
        var waiting = Watched.Check("n", Status.Unknown);
        waiting = waiting with { Status = new(Status.Unknown, null, null, "waits for a result of local", null, null, []), Recent = [] };
        var told = Three.After([new HubEvent.Changed(waiting), new HubEvent.Ran(Watched.Run("n", 2, Status.Down, message: "no route"))]).Checks["n"].Status;
        (told.Status, told.Message, told.LastResult!.Seq).ShouldBe((Status.Unknown, "no route", 2ul));
        told.Agents.ShouldHaveSingleItem().ShouldBe(new("local", Status.Unknown, null, 1, told.LastResult));
        Three.After([new HubEvent.Changed(waiting with { Lifecycle = Lifecycle.Paused }), new HubEvent.Ran(Watched.Run("n", 2, Status.Unknown))]).Checks["n"].Status.Message.ShouldBe("waits for a result of local");
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_hold_up_the_latest_run()
    {
        var back = Watched.Run("a", 2) with { ScheduledAt = Watched.Noon.AddHours(-1) };
        Three.After([new HubEvent.Ran(back)]).Checks["a"].Status.LastResult.ShouldBe(back);
    }

    [Fact]
    public void What_the_hub_tells_anew_replaces_everything()
    {
        var after = Three.After([new HubEvent.Lost("gone"), new HubEvent.Synchronised([Watched.Check("z")])]);
        (after.Lost, Ids(after)).ShouldBe(("gone", "z"));
        after = after.After([new HubEvent.Live(), new HubEvent.Changed(Watched.Check("y")), new HubEvent.Removed("z"), new HubEvent.Ran(Watched.Run("nobody", 1))]);
        (after.Lost, Ids(after)).ShouldBe((null, "y"));
    }

    [Theory]
    [InlineData(Order.Status, false, "b a c")]
    [InlineData(Order.Status, true, "c a b")]
    [InlineData(Order.Name, false, "a b c")]
    [InlineData(Order.Latency, false, "a c b")]
    [InlineData(Order.Since, false, "c a b")]
    internal void Checks_are_sorted_as_asked(Order order, bool reversed, string ids)
    {
        var turned = Watched.Check("c", latency: 0.1);
        var state = Three.After([new HubEvent.Changed(turned with { Status = turned.Status with { Since = Watched.Noon } })]);
        Ids(state with { Order = order, IsReversed = reversed }).ShouldBe(ids);
    }

    [Theory]
    [InlineData("FRONT", "c")]
    [InlineData("tcp shop", "b")]
    [InlineData("tcp shop front", "")]
    [InlineData("  ", "b a c")]
    public void The_filter_wants_all_its_words(string filter, string ids) => Ids(Three with { Filter = filter }).ShouldBe(ids);

    [Fact]
    public void The_filter_looks_at_labels_as_they_are_written()
    {
        var labelled = Watched.Check("d");
        labelled = labelled with { Check = labelled.Check with { Labels = new([new("team", "web")]) } };
        Ids(Three.After([new HubEvent.Changed(labelled)]) with { Filter = "team=web" }).ShouldBe("d");
    }

    [Fact]
    public void What_is_shown_is_the_same_until_a_check_the_filter_or_the_order_is_another()
    {
        Three.After([new HubEvent.Live()]).At(Watched.Noon.AddSeconds(1), 90, 30).ShowsAs(Three).ShouldBeTrue();
        Three.After([new HubEvent.Ran(Watched.Run("a", 2))]).ShowsAs(Three).ShouldBeFalse();
        foreach (var keys in new[] { "s", "r", "/x" }) Type(Three, keys).ShowsAs(Three).ShouldBeFalse();
        var held = Type(Three, "p");
        held.After([new HubEvent.Ran(Watched.Run("a", 2))]).ShowsAs(held).ShouldBeTrue();
    }

    [Fact]
    public void The_selection_stays_with_its_check_and_goes_to_the_next_when_that_is_gone()
    {
        var state = Settle(Press(Settle(Three), ConsoleKey.DownArrow));
        state.Selected.ShouldBe("a");
        state = Settle(state.After([new HubEvent.Changed(Watched.Check("c", Status.Down))]));
        (state.Selected, state.SelectedAt).ShouldBe(("a", 2));
        state = Settle(state.After([new HubEvent.Removed("a")]));
        state.Selected.ShouldBe("c");
    }

    [Fact]
    public void Nothing_selected_follows_whatever_is_first()
    {
        var state = Settle(Three.After([new HubEvent.Removed("b")]));
        (state.Selected, state.SelectedAt, state.Above).ShouldBe((null, 0, 0));
    }

    [Fact]
    public void The_selected_check_is_always_in_sight_and_no_room_is_wasted()
    {
        var state = new TopState("").After([new HubEvent.Synchronised([.. Enumerable.Range(0, 100).Select(number => Watched.Check($"c{number:00}"))])]);
        state = Settle(Press(state, ConsoleKey.End));
        (state.Selected, state.Above).ShouldBe(("c99", 90));
        state = Settle(Press(state, ConsoleKey.PageUp));
        (state.Selected, state.Above).ShouldBe(("c90", 90));
        state = Settle(Press(state, ConsoleKey.UpArrow));
        (state.Selected, state.Above).ShouldBe(("c89", 89));
        Settle(state, rows: 30).Above.ShouldBe(70);
        state = Settle(Press(state, ConsoleKey.Home));
        (state.Selected, state.Above).ShouldBe((null, 0));
        Settle(state with { Filter = "c5" }).Above.ShouldBe(0);
    }

    [Fact]
    public void Keys_without_a_check_to_move_to_do_no_harm()
    {
        var empty = new TopState("");
        foreach (var key in new[] { ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.PageUp, ConsoleKey.PageDown, ConsoleKey.Home, ConsoleKey.End, ConsoleKey.Enter })
            empty = Settle(Press(empty, key), rows: 0);
        empty.Selected.ShouldBeNull();
    }

    [Fact]
    public void The_filter_is_written_letter_by_letter_and_keeps_letters_that_are_keys()
    {
        var state = Type(Three, "/qs");
        (state.Filter, state.IsTyping, state.IsOver).ShouldBe(("qs", true, false));
        state = Press(state, ConsoleKey.Backspace);
        state.Filter.ShouldBe("q");
        state = Press(state, ConsoleKey.Enter);
        (state.Filter, state.IsTyping, state.ShowsDetail).ShouldBe(("q", false, false));
        state = Press(state, ConsoleKey.Escape);
        (state.Filter, state.IsTyping).ShouldBe(("", false));
        Press(Type(Three, "/"), ConsoleKey.Backspace).IsTyping.ShouldBeFalse();
    }

    [Fact]
    public void Escape_leaves_one_thing_at_a_time()
    {
        var state = Type(Press(Press(Type(Three, "/a"), ConsoleKey.Enter), ConsoleKey.Enter), "?");
        (state.ShowsHelp, state.Filter, state.ShowsDetail).ShouldBe((true, "a", true));
        state = Press(state, ConsoleKey.Escape);
        (state.ShowsHelp, state.Filter, state.ShowsDetail).ShouldBe((false, "a", true));
        state = Press(state, ConsoleKey.Escape);
        (state.Filter, state.ShowsDetail).ShouldBe(("", true));
        Press(state, ConsoleKey.Escape).ShowsDetail.ShouldBeFalse();
    }

    [Fact]
    public void The_order_goes_round_and_turns()
    {
        Type(Three, "s").Order.ShouldBe(Order.Name);
        Type(Three, "ssss").Order.ShouldBe(Order.Status);
        Ids(Type(Three, "r")).ShouldBe("c a b");
        Type(Three, "rs").IsReversed.ShouldBeFalse();
    }

    [Fact]
    public void Held_still_it_shows_what_was_and_goes_on_with_what_is()
    {
        var held = Type(Three, "p").After([new HubEvent.Removed("b")]);
        Ids(held).ShouldBe("b a c");
        Ids(Type(held, "p")).ShouldBe("a c");
    }

    [Fact]
    public void It_can_be_left() => Type(Three, "q").IsOver.ShouldBeTrue();

    private static string Ids(TopState state) => string.Join(' ', state.Shown().Select(watched => watched.Check.Id));

    private static TopState Settle(TopState state, int rows = 10) => state.Found(state.Shown()).InSight(state.Shown().Count, rows);

    private static TopState Press(TopState state, ConsoleKey key) => Settle(state).Press(new ConsoleKeyInfo('\0', key, false, false, false), state.Shown(), 10);

    private static TopState Type(TopState state, string text) =>
        text.Aggregate(state, (now, letter) => now.Press(new ConsoleKeyInfo(letter, ConsoleKey.None, false, false, false), now.Shown(), 10));
}
