using Vedette.Cli.Rendering;

namespace Vedette.Cli.Tests.Rendering;

public sealed class PlanTextTests
{
    private static readonly AppliedConfiguration Applied = new("checks.yaml", false, 1, 1, 0, 1, 12,
    [
        new("a", StepAction.Add, "http", "https://example.org/\e[31m", []),
        new("long-id", StepAction.Change, "tcp", "x:1", [new("name", null, "\e[2J"), new("set.send", "a", ""), new("set.password", "***", "***")]),
        new("old", StepAction.Keep, "tcp", "x:1", []),
    ]);

    [Fact]
    public void Foreign_text_cannot_steer_the_terminal_and_nothing_is_lost()
    {
        var text = new PlanText(new Palette(false), null).Render(Applied);
        text.ShouldBe("""
            + a        http https://example.org/�[31m
            ~ long-id  name: – → �[2J, set.send: a → '', set.password: *** (another value)
            - old      (only with --prune)
            = 12 unchanged
            checks.yaml: 1 added, 1 changed

            """);
    }

    [Fact]
    public void On_a_terminal_signs_are_coloured_and_lines_fit()
    {
        var lines = new PlanText(new Palette(true), 40).Render(Applied).TrimEnd('\n').Split('\n');
        lines[0].ShouldStartWith("\e[32m+\e[0m a");
        lines[1].ShouldStartWith("\e[33m~\e[0m long-id");
        lines.ShouldAllBe(line => Columns.Of(line) <= 40);
    }
}
