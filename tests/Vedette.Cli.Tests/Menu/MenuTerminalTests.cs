namespace Vedette.Cli.Tests.Menu;

[Collection(nameof(Console))]
public sealed class MenuTerminalTests : IAsyncLifetime
{
    private WatchingHub hub = null!;

    public async ValueTask InitializeAsync() => hub = await WatchingHub.StartAsync();

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task On_a_terminal_a_check_is_added_watched_and_removed()
    {
        await using var terminal = new PseudoTerminal(110, 40, $"\"$vedette\" --hub {hub.Url} --data {hub.Directory}; echo \"ended with $?\"");
        await terminal.UntilAsync(shown => shown.Text.Contains("The hub watches 0 checks.", StringComparison.Ordinal) && Asks(shown, "number or name [exit]:"));
        foreach (var (asked, answer) in new[] { ("number or name [exit]:", "add"), ("number or name, Enter goes back:", "tcp"), ("target, a HOST:PORT:", "127.0.0.1:9"), ("id, for ever [tcp-127.0.0.1-9]:", "idle"), ("every [30s]:", ""), ("number or name [done]:", "") })
        {
            await terminal.UntilAsync(shown => Asks(shown, asked));
            await terminal.TypeAsync(answer + "\n");
        }

        await terminal.UntilAsync("added 'idle': tcp 127.0.0.1:9 every 30s");
        await terminal.TypeAsync("watch\n");
        await terminal.UntilAsync(shown => shown.IsAlternate && shown.Text.Contains(" idle ", StringComparison.Ordinal));
        await terminal.TypeAsync("q");
        await terminal.UntilAsync(shown => !shown.IsAlternate && Asks(shown, "number or name [exit]:"));
        await terminal.TypeAsync("remove\n");
        await terminal.UntilAsync("Which check to remove?");
        await terminal.TypeAsync("idle\n");
        await terminal.UntilAsync(shown => Asks(shown, "type idle to remove it:"));
        await terminal.TypeAsync("idle\n");
        await terminal.UntilAsync("removed 'idle' and its history");
        await terminal.TypeAsync("exit\n");
        await terminal.UntilAsync("ended with 0");
    }

    [Fact]
    public async Task The_checks_are_saved_as_a_file_and_applied_from_it()
    {
        await hub.AskAsync("check", "add", "tcp", "127.0.0.1:9", "--id", "idle");
        await using var terminal = new PseudoTerminal(110, 40, $"cd {hub.Directory}; \"$vedette\" --hub {hub.Url} --data {hub.Directory}; echo \"ended with $?\"");
        foreach (var (asked, answer) in new[] { ("number or name [exit]:", "config"), ("number or name, Enter goes back:", "save"), ("file, JSON when its name ends so [vedette.yaml]:", "none/x.yaml"), ("file, JSON when its name ends so [vedette.yaml]:", "") })
        {
            await terminal.UntilAsync(shown => Asks(shown, asked));
            await terminal.TypeAsync(answer + "\n");
        }

        await terminal.UntilAsync("$ vedette export --output vedette.yaml");
        await terminal.UntilAsync("wrote vedette.yaml (1 check)");
        terminal.Written.ShouldContain($"none/x.yaml cannot be written: there is no directory {hub.Directory}/none; make it, or give another name");
        (await hub.AskAsync("export")).Output.ShouldBe(await File.ReadAllTextAsync($"{hub.Directory}/vedette.yaml"));
        foreach (var (asked, answer) in new[] { ("number or name [exit]:", "config"), ("number or name, Enter goes back:", "apply"), ("file, YAML or JSON:", "vedette.yaml"), ("type yes to do so:", "yes") })
        {
            await terminal.UntilAsync(shown => Asks(shown, asked));
            await terminal.TypeAsync(answer + "\n");
        }

        await terminal.UntilAsync(shown => shown.Text.Contains("$ vedette apply --file vedette.yaml\n", StringComparison.Ordinal) && Asks(shown, "number or name [exit]:"));
        await terminal.TypeAsync("exit\n");
        await terminal.UntilAsync("ended with 0");
    }

    [Fact]
    public async Task A_live_view_that_fails_takes_no_key_from_what_is_asked_next()
    {
        await using var terminal = new PseudoTerminal(110, 40, $"\"$vedette\" --hub {hub.Url} --data {hub.Directory}; echo \"ended with $?\"");
        await terminal.UntilAsync(shown => Asks(shown, "number or name [exit]:"));
        await terminal.TypeAsync("watch\n");
        await terminal.UntilAsync(shown => shown.IsAlternate && shown.Text.Contains("● live", StringComparison.Ordinal));
        await hub.CloseAsync();
        File.Delete(Path.Combine(hub.Directory, "admin.token"));
        await hub.OpenAsync();
        await terminal.UntilAsync(shown => !shown.IsAlternate && shown.Text.Contains("does not take the token", StringComparison.Ordinal) && Asks(shown, "number or name [exit]:"));
        await terminal.TypeAsync("exit\n");
        await terminal.UntilAsync("ended with 0");
        terminal.Text.ShouldNotContain("is none of these");
    }

    [Fact]
    public async Task Ctrl_c_leaves_it_with_0()
    {
        await using var terminal = new PseudoTerminal(110, 40, $"trap : INT; \"$vedette\" --hub {hub.Url} --data {hub.Directory}; echo \"ended with $?\"");
        await terminal.UntilAsync(shown => Asks(shown, "number or name [exit]:"));
        await terminal.TypeAsync("\u0003");
        await terminal.UntilAsync("ended with 0");
    }

    // The last line with anything on it.
    private static bool Asks(Emulator shown, string question) => shown.Text.EndsWith(question, StringComparison.Ordinal);
}
