using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Vedette.Cli.Tests.Top;

[Collection(nameof(Console))]
public sealed partial class TopTerminalTests : IAsyncLifetime
{
    // What follows the program in the shell tells how it left the terminal.
    private const string ThenSay = "; echo \"ended with $?\"; stty -a | grep -oE -- '-?(icanon|echo)( |;|$)' | xargs";

    private WatchingHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await WatchingHub.WithThreeAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task It_shows_the_checks_live_and_keys_do_what_they_say()
    {
        await using var terminal = new PseudoTerminal(100, 30, Top + ThenSay);
        await terminal.UntilAsync(shown => shown is { IsAlternate: true, HidesCursor: true, SawColour: true } && Seen(shown, 2).StartsWith("▸✖ bad ", StringComparison.Ordinal) && Seen(shown, 3).StartsWith(" ● good ", StringComparison.Ordinal));
        await terminal.UntilAsync(shown => LiveHeader.IsMatch(Seen(shown, 0)));
        await terminal.UntilAsync(shown => Seen(shown, 2).Contains("✖✖✖", StringComparison.Ordinal));

        await terminal.TypeAsync("\e[B");
        await terminal.UntilAsync(shown => Seen(shown, 3).StartsWith("▸● good ", StringComparison.Ordinal));
        await terminal.TypeAsync("\r");
        await terminal.UntilAsync("● up  good  二つ");
        await terminal.UntilAsync(shown => shown.Text.Contains("processing", StringComparison.Ordinal) && shown.Text.Contains('█', StringComparison.Ordinal));
        await terminal.TypeAsync("\r/go");
        await terminal.UntilAsync(shown => shown.Lines[^1].StartsWith("/go▏", StringComparison.Ordinal) && !shown.Text.Contains(" bad ", StringComparison.Ordinal) && !shown.Text.Contains("processing", StringComparison.Ordinal));
        await terminal.TypeAsync("\e");
        await terminal.UntilAsync("✖ bad ");
        await terminal.TypeAsync("?");
        await terminal.UntilAsync("reverse the order");
        await terminal.TypeAsync("?p");
        await terminal.UntilAsync("‖ held still");
        await terminal.TypeAsync("pq");
        await LeftAsItWasAsync(terminal);
    }

    [Fact]
    public async Task It_says_that_it_is_not_live_and_comes_back_by_itself_with_what_it_missed()
    {
        await using var terminal = new PseudoTerminal(100, 20, Top + ThenSay);
        await terminal.UntilAsync("● live");
        await hub.CloseAsync();
        await terminal.UntilAsync("✖ not live: ");
        await hub.OpenAsync();
        await hub.AskAsync("check", "remove", "bad");
        await terminal.UntilAsync(shown => shown.Text.Contains("● live", StringComparison.Ordinal) && !shown.Text.Contains("not live", StringComparison.Ordinal) && !shown.Text.Contains(" bad ", StringComparison.Ordinal));
        await terminal.TypeAsync("q");
        await LeftAsItWasAsync(terminal);
    }

    [Fact]
    public async Task It_follows_the_size_of_the_terminal()
    {
        var told = $"{hub.Directory}/told";
        await using var terminal = new PseudoTerminal(100, 20, $"mkfifo {told}; (read -r go < {told}; stty -F /dev/tty cols 20 rows 8) & {Top}{ThenSay}");
        await terminal.UntilAsync(shown => shown.Lines[^1].EndsWith("1/3", StringComparison.Ordinal));
        await File.WriteAllTextAsync(told, "now\n");
        await terminal.UntilAsync(shown => shown.Lines.All(line => line.Length <= 20) && shown.Lines[7].StartsWith("? help", StringComparison.Ordinal) && shown.Lines.Skip(8).All(line => line.Length == 0));
        await terminal.TypeAsync("q");
        await LeftAsItWasAsync(terminal);
    }

    [Theory]
    [InlineData("\u0003")]
    [InlineData("\u001c")]
    public async Task Ctrl_c_and_ctrl_backslash_leave_the_terminal_as_it_was(string key)
    {
        await using var terminal = new PseudoTerminal(80, 20, $"trap : INT QUIT; {Top}{ThenSay}");
        await terminal.UntilAsync("● live");
        await terminal.TypeAsync(key);
        await LeftAsItWasAsync(terminal);
    }

    [Fact]
    public async Task Ctrl_z_gives_the_terminal_to_the_shell_until_it_is_continued_in_the_foreground()
    {
        // A shell with job control, which says what became of its job, first lets it go on in the background, and then gives it the terminal back.
        const string ThenContinue = "; echo \"stopped with $?\"; stty -a | grep -oE -- '-?(icanon|echo)( |;|$)' | xargs; cut -d' ' -f3 /proc/$(jobs -p)/stat; read -r go; bg >/dev/null; wait %1; echo \"still stopped with $?\"; read -r go; fg >/dev/null";
        await using var terminal = new PseudoTerminal(80, 20, $"set -m; {Top}{ThenContinue}{ThenSay}");
        await terminal.UntilAsync("● live");
        await terminal.TypeAsync("\u001a");
        await terminal.UntilAsync(shown => shown is { IsAlternate: false, HidesCursor: false, Wraps: true } && shown.Text.EndsWith("stopped with 148\nicanon echo\nT", StringComparison.Ordinal));
        await terminal.TypeAsync("go\n");
        await terminal.UntilAsync("still stopped with 150");
        terminal.Written.Split("\e[?1049h").Length.ShouldBe(2);

        await terminal.TypeAsync("go\n");
        await terminal.UntilAsync(shown => shown is { IsAlternate: true, HidesCursor: true } && LiveHeader.IsMatch(Seen(shown, 0)) && Seen(shown, 2).StartsWith("▸✖ bad ", StringComparison.Ordinal));
        await terminal.TypeAsync("\e[B");
        await terminal.UntilAsync(shown => Seen(shown, 3).StartsWith("▸● good ", StringComparison.Ordinal));
        await terminal.TypeAsync("q");
        await LeftAsItWasAsync(terminal);
    }

    [Fact]
    public async Task Ctrl_z_does_not_take_the_terminal_from_it_where_nobody_could_give_it_back()
    {
        await using var terminal = new PseudoTerminal(80, 20, Top + ThenSay);
        await terminal.UntilAsync("● live");
        await terminal.TypeAsync("\u001a");
        var before = terminal.Text.Split('\n')[0];
        await terminal.UntilAsync(shown => shown.IsAlternate && Seen(shown, 0) != before);
        await terminal.TypeAsync("q");
        await LeftAsItWasAsync(terminal);
    }

    [Fact]
    public async Task A_signal_to_end_leaves_the_terminal_as_it_was()
    {
        await using var terminal = new PseudoTerminal(80, 20, $"bash -c 'echo $$ > {hub.Directory}/pid; exec {Top}'{ThenSay}");
        await terminal.UntilAsync("● live");
        using var kill = Process.Start("kill", ["-TERM", (await File.ReadAllTextAsync($"{hub.Directory}/pid")).Trim()]);
        await LeftAsItWasAsync(terminal);
    }

    [Fact]
    public async Task Stopped_and_continued_it_takes_the_terminal_again_and_draws_it_anew()
    {
        await using var terminal = new PseudoTerminal(80, 20, $"bash -c 'echo $$ > {hub.Directory}/pid; exec {Top}'{ThenSay}");
        await terminal.UntilAsync("● live");
        var before = terminal.Written.Length;
        using var kill = Process.Start("kill", ["-CONT", (await File.ReadAllTextAsync($"{hub.Directory}/pid")).Trim()]);
        await terminal.UntilAsync(_ => terminal.Written[before..].Split("\e[?1049h") is [_, var anew] && anew.Contains("CHECK", StringComparison.Ordinal));
        await terminal.TypeAsync("q");
        await LeftAsItWasAsync(terminal);
    }

    [Fact]
    public async Task A_terminal_that_is_closed_ends_it()
    {
        await using var terminal = new PseudoTerminal(80, 20, $"bash -c 'echo $$ > {hub.Directory}/pid; exec {Top}'");
        await terminal.UntilAsync("● live");
        using var top = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync($"{hub.Directory}/pid"), CultureInfo.InvariantCulture));
        terminal.Holder.Kill();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await top.WaitForExitAsync(patience.Token);
    }

    [Fact]
    public async Task A_hub_that_cannot_be_asked_is_told_on_a_terminal_that_was_never_taken()
    {
        await using var terminal = new PseudoTerminal(80, 20, $"\"$vedette\" top --hub http://127.0.0.1:1 --data {hub.Directory}");
        (await terminal.EndAsync()).ShouldBe(ExitCodes.Unavailable);
        terminal.Text.ShouldStartWith("vedette: no hub can be reached at http://127.0.0.1:1: Connection refused");
        terminal.Written.ShouldNotContain("\e[?1049");
    }

    [Theory]
    [InlineData("TERM", "dumb", "this terminal cannot be drawn on (TERM is dumb); see the checks with: vedette status")]
    [InlineData("TERM", null, "this terminal cannot be drawn on (TERM is not set)")]
    public async Task A_terminal_that_cannot_be_drawn_on_is_refused_in_one_line(string name, string? value, string says)
    {
        await using var terminal = new PseudoTerminal(100, 20, Top, (name, value));
        (await terminal.EndAsync()).ShouldBe(ExitCodes.Unavailable);
        terminal.Text.ShouldStartWith($"vedette: {says}");
        terminal.Written.ShouldNotContain("\e[?1049");
    }

    [Fact]
    public async Task Without_a_terminal_it_says_what_to_do_instead()
    {
        var (exitCode, output, errors) = await hub.AskAsync("top");
        (exitCode, output).ShouldBe((ExitCodes.Unavailable, ""));
        errors.ShouldBe("vedette: this is drawn on a terminal, and input and output are not both one; see the checks with: vedette status\n");
    }

    [Fact]
    public async Task Without_colours_nothing_is_drawn_in_one()
    {
        await using var terminal = new PseudoTerminal(80, 20, Top + ThenSay, ("NO_COLOR", "1"));
        await terminal.UntilAsync(shown => shown.Lines[2].StartsWith("▸✖ bad", StringComparison.Ordinal) && !shown.SawColour);
        await terminal.TypeAsync("q");
        await LeftAsItWasAsync(terminal);
    }

    private string Top => $"\"$vedette\" top --hub {hub.Url} --data {hub.Directory}";

    private static string Seen(Emulator shown, int line) => shown.Lines[line];

    private static async Task LeftAsItWasAsync(PseudoTerminal terminal)
    {
        await terminal.UntilAsync(shown => shown is { IsAlternate: false, HidesCursor: false, Wraps: true } && shown.Text.Contains("ended with 0", StringComparison.Ordinal) && shown.Text.EndsWith("icanon echo", StringComparison.Ordinal));
        (await terminal.EndAsync()).ShouldBe(0);
    }

    [GeneratedRegex(@"^vedette  3 checks  ✖ 1 down  ● 1 up  ‖ 1 paused +[\d.]+ runs/s  (http://\S+  )?● live  \d\d:\d\d:\d\d$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LiveHeader { get; }
}
