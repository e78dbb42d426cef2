using Vedette.Cli.Rendering;

namespace Vedette.Cli.Tests.Rendering;

public sealed class ColumnsTests
{
    [Theory]
    [InlineData("abc", 3)]
    [InlineData("東京", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("\e[31m✖ down\e[0m", 6)]
    [InlineData("🙂!", 3)]
    public void Text_takes_the_columns_a_terminal_gives_it(string text, int columns) => Columns.Of(text).ShouldBe(columns);

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("東京都", 5, "東京…")]
    [InlineData("東京都", 4, "東…")]
    [InlineData("\e[31mabcdef\e[0m x", 4, "\e[31mabc…\e[0m")]
    public void Text_is_cut_to_fit_and_its_colour_ends(string text, int width, string cut)
    {
        Columns.Cut(text, width).ShouldBe(cut);
        Columns.Of(cut).ShouldBeLessThanOrEqualTo(width);
    }

    [Fact]
    public void Text_is_wrapped_at_blanks()
    {
        Columns.Wrap("one two three", 8).ShouldBe(["one two", "three"]);
        Columns.Wrap("one two three", null).ShouldBe(["one two three"]);
        Columns.Wrap("unbreakable", 4).ShouldBe(["unbreakable"]);
    }

    [Theory]
    [InlineData(0.2, "now", "0s")]
    [InlineData(-5, "now", "0s")]
    [InlineData(59.9, "59s ago", "59s")]
    [InlineData(300, "5m ago", "5m")]
    [InlineData(7500, "2h 5m ago", "2h 5m")]
    [InlineData(273600, "3d 4h ago", "3d 4h")]
    public void Times_are_told_in_two_units_at_most(double seconds, string ago, string span)
    {
        Plain.Ago(TimeSpan.FromSeconds(seconds)).ShouldBe(ago);
        Plain.Span(TimeSpan.FromSeconds(seconds)).ShouldBe(span);
    }

    [Fact]
    public void A_reason_is_not_said_twice()
    {
        Plain.Because("refused", "refused while connecting").ShouldBe("refused while connecting");
        Plain.Because("timeout", "no answer within 2s").ShouldBe("timeout: no answer within 2s");
        Plain.Because("timeout", null).ShouldBe("timeout");
    }
}
