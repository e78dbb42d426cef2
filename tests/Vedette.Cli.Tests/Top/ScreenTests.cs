using Vedette.Cli.Top;

namespace Vedette.Cli.Tests.Top;

public sealed class ScreenTests
{
    [Fact]
    public void Nothing_is_written_when_nothing_changed()
    {
        var screen = new Screen();
        screen.Show(["a", "b"], 10).ShouldNotBeEmpty();
        screen.Show(["a", "b"], 10).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_lines_that_changed_are_written()
    {
        var screen = new Screen();
        screen.Show(["same", "old"], 10);
        screen.Show(["same", "new"], 10).ShouldBe("\e[2;1Hnew\e[K");
        screen.Show(["same", "0123456789"], 10).ShouldBe("\e[2;1H0123456789");
    }

    [Fact]
    public void Everything_is_written_on_a_terminal_of_another_size_and_after_somebody_else_wrote()
    {
        var screen = new Screen();
        screen.Show(["a", "b"], 10);
        screen.Show(["a", "b"], 11).ShouldStartWith("\e[0m\e[2J");
        screen.Forget();
        screen.Show(["a", "b"], 11).ShouldStartWith("\e[0m\e[2J");
        screen.Show(["a"], 11).ShouldStartWith("\e[0m\e[2J");
    }

    [Fact]
    public void Whatever_was_shown_before_the_terminal_shows_the_new_lines()
    {
        const int Width = 12, Height = 5;
        var random = new Random(7);
        string[] pieces = ["", "a", "東京", "\e[31m✖ down\e[0m", "0123456789AB", "🙂", "e\u0301", "  ", "京京京京京京"];
        var (screen, emulator) = (new Screen(), new Emulator(Width, Height));
        emulator.Write("\e[?7l");
        for (var frame = 0; frame < 500; frame++)
        {
            string[] lines = [.. Enumerable.Range(0, Height).Select(_ => Vedette.Cli.Rendering.Columns.Cut(pieces[random.Next(pieces.Length)] + pieces[random.Next(pieces.Length)], Width))];
            emulator.Write(screen.Show(lines, Width));
            emulator.Lines.ShouldBe(new Emulator(Width, Height).Write("\e[?7l" + string.Join("\r\n", lines)).Lines);
        }
    }
}
