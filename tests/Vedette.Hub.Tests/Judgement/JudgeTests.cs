using Vedette.Hub.Judgement;
using Vedette.State;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Judgement;

public sealed class JudgeTests
{
    // Runs and statuses by their first letter: Up, deGraded, Down, unknown (?).
    [Theory]
    [InlineData("U", "U", 2, 1)]
    [InlineData("G", "G", 2, 1)]
    [InlineData("D", "?", 2, 1)]
    [InlineData("D", "D", 1, 1)]
    [InlineData("DD", "?D", 2, 1)]
    [InlineData("UDDD", "UUUD", 3, 1)]
    [InlineData("UDUD", "UUUU", 2, 1)]
    [InlineData("UDDU", "UUDU", 2, 1)]
    [InlineData("UDDUU", "UUDDU", 2, 2)]
    [InlineData("UDDUDUU", "UUDDDDU", 2, 2)]
    [InlineData("UDDGU", "UUDDU", 2, 2)]
    [InlineData("UDDG", "UUDG", 2, 1)]
    [InlineData("UG", "UG", 2, 1)]
    [InlineData("GU", "GU", 2, 1)]
    [InlineData("GDD", "GGD", 2, 1)]
    [InlineData("U?", "UU", 2, 1)]
    [InlineData("U??", "UU?", 2, 1)]
    [InlineData("U?", "U?", 1, 1)]
    [InlineData("U?U", "UUU", 2, 1)]
    [InlineData("U??U", "UU?U", 2, 1)]
    [InlineData("UDD??", "UUDD?", 2, 1)]
    [InlineData("UDD??D", "UUDD?D", 2, 1)]
    [InlineData("???????", "???????", 2, 1)]
    public void Runs_make_statuses(string runs, string expected, int failAfter, int recoverAfter) =>
        string.Concat(After(runs, failAfter, recoverAfter).Select(standing => Letter(standing.Status))).ShouldBe(expected);

    [Theory]
    [InlineData("D?D", 2)]
    [InlineData("D?D?D", 3)]
    [InlineData("UD?D", 2)]
    public void A_run_that_measured_nothing_does_not_interrupt_a_row_of_failures(string runs, int failAfter) =>
        After(runs, failAfter, 1)[^1].Status.ShouldBe(Status.Down);

    [Theory]
    [InlineData("?", 1)]
    [InlineData("??????????", 1)]
    [InlineData("U?????", 2)]
    [InlineData("UD???", 2)]
    public void Runs_that_measured_nothing_never_make_it_down(string runs, int failAfter) =>
        After(runs, failAfter, 1).ShouldAllBe(standing => standing.Status != Status.Down);

    [Fact]
    public void It_is_so_since_the_run_that_decided_it_and_stays_so_while_nothing_changes()
    {
        var standings = After("UUDDDUU", failAfter: 2, recoverAfter: 2);
        standings.Select(standing => (standing.Since!.Value - At).TotalSeconds).ShouldBe([0, 0, 0, 3, 3, 3, 6]);
    }

    [Fact]
    public void Why_is_what_the_latest_run_that_counted_said()
    {
        var standings = After("DUDDD", failAfter: 2, recoverAfter: 1);
        standings.Select(standing => standing.Message).ShouldBe(["slot 0", null, null, "slot 3", "slot 4"]);
        standings[0].Status.ShouldBe(Status.Unknown);
        standings[0].Reason.ShouldBe(Reasons.Timeout);
    }

    [Fact]
    public void Runs_in_a_row_are_counted()
    {
        After("UDD?D", 9, 1)[^1].FailedRuns.ShouldBe(3);
        After("UDDU", 9, 1)[^1].FailedRuns.ShouldBe(0);
        After("U??", 9, 1)[^1].UnknownRuns.ShouldBe(2);
        After("U?D", 9, 1)[^1].UnknownRuns.ShouldBe(0);
    }

    [Fact]
    public void A_check_that_stays_up_needs_no_writing()
    {
        var standings = After("UUUU", 2, 1);
        standings[3].ShouldBe(standings[1]);
    }

    [Theory]
    [InlineData("U", "majority", "U")]
    [InlineData("D", "majority", "D")]
    [InlineData("DU", "any", "D")]
    [InlineData("DU", "majority", "G")]
    [InlineData("DU", "all", "G")]
    [InlineData("DDU", "majority", "D")]
    [InlineData("DDU", "all", "G")]
    [InlineData("DDD", "all", "D")]
    [InlineData("DUU", "2", "G")]
    [InlineData("DDU", "2", "D")]
    [InlineData("DD", "3", "D")]
    [InlineData("D??", "2", "G")]
    [InlineData("D??", "majority", "D")]
    [InlineData("D??", "all", "D")]
    [InlineData("U??", "any", "U")]
    [InlineData("??", "any", "?")]
    [InlineData("UG", "any", "G")]
    [InlineData("UGD", "majority", "G")]
    public void Agents_make_one_status(string agents, string downWhen, string expected) =>
        Letter(Judge.Over(downWhen, [.. agents.Select((letter, i) => Stands(letter, i))]).Status).ShouldBe(expected[0]);

    [Fact]
    public void A_check_is_down_since_the_agent_that_made_them_enough_not_since_the_last_that_followed()
    {
        Standing[] agents = [Stands('D', 10), Stands('D', 30), Stands('D', 20), Stands('U', 0)];
        Judge.Over("any", agents).Since.ShouldBe(At.AddSeconds(10));
        Judge.Over("2", agents).Since.ShouldBe(At.AddSeconds(20));
        Judge.Over("majority", agents).Since.ShouldBe(At.AddSeconds(30));
    }

    [Fact]
    public void A_check_is_degraded_since_its_first_agent_that_is_not_up_and_says_why()
    {
        var over = Judge.Over("all", [Stands('G', 10), Stands('D', 5), Stands('U', 0)]);
        over.Since.ShouldBe(At.AddSeconds(5));
        over.Reason.ShouldBe(Reasons.Timeout);
    }

    [Fact]
    public void A_check_is_up_since_the_last_of_its_agents_is() => Judge.Over("any", [Stands('U', 10), Stands('U', 20)]).Since.ShouldBe(At.AddSeconds(20));

    private static List<Standing> After(string runs, int failAfter, int recoverAfter)
    {
        var check = Check(failAfter: failAfter, recoverAfter: recoverAfter);
        var standings = new List<Standing>();
        for (var slot = 0; slot < runs.Length; slot++)
            standings.Add(Judge.After(slot == 0 ? Standing.None : standings[^1], Run(StatusOf(runs[slot]), slot), check));
        return standings;
    }

    private static Standing Stands(char letter, int since) =>
        letter == '?' ? Standing.None : Standing.None with { Status = StatusOf(letter), Since = At.AddSeconds(since), Reason = letter == 'D' ? Reasons.Timeout : null };

    private static Status StatusOf(char letter) => letter switch { 'U' => Status.Up, 'G' => Status.Degraded, 'D' => Status.Down, _ => Status.Unknown };

    private static char Letter(Status status) => status switch { Status.Up => 'U', Status.Degraded => 'G', Status.Down => 'D', _ => '?' };
}
