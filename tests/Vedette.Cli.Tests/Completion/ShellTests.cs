using System.CommandLine;
using System.Diagnostics;
using Vedette.Cli.Completion;
using Vedette.Cli.Verbs;

namespace Vedette.Cli.Tests.Completion;

[Collection(nameof(Console))]
public sealed class ShellTests : IAsyncLifetime
{
    private WatchingHub hub = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await WatchingHub.StartAsync();
        await hub.AskAsync("check", "add", "dns", "example.org", "--id", "names");
        await hub.AskAsync("check", "pause", "names");
        File.CreateSymbolicLink(Path.Combine(hub.Directory, "vedette"), Path.Combine(AppContext.BaseDirectory, "Vedette.Cli"));
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task On_a_terminal_bash_completes_verbs_kinds_and_options_of_the_kind()
    {
        await using var terminal = new PseudoTerminal(100, 20, "bash --norc -i", Environment());
        await terminal.UntilAsync(shown => shown.Lines[0].Length > 0);
        await terminal.TypeAsync("source <(vedette completion bash)\n");
        await terminal.UntilAsync(shown => shown.Lines[1].Length > 0);
        await terminal.TypeAsync("vedette che\t");
        await terminal.UntilAsync(shown => shown.Lines[1].EndsWith(" vedette check", StringComparison.Ordinal));
        await terminal.TypeAsync("ad\tdn\tx --set tra\t");
        await terminal.UntilAsync(shown => shown.Lines[1].EndsWith(" vedette check add dns x --set transport=", StringComparison.Ordinal));
        await terminal.TypeAsync("u\t");
        await terminal.UntilAsync(shown => shown.Lines[1].EndsWith(" vedette check add dns x --set transport=udp", StringComparison.Ordinal));
        await terminal.TypeAsync("\u0015exit 0\n");
        (await terminal.EndAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("vedette --hub http://127.0.0.1:1 status nam", "", "vedette", "--hub", "http", ":", "//127.0.0.1", ":", "1", "status", "nam")]
    [InlineData("vedette check run dns x --set transport=", "udp tcp", "vedette", "check", "run", "dns", "x", "--set", "transport", "=")]
    [InlineData("vedette check run dns x --set transport=t", "tcp", "vedette", "check", "run", "dns", "x", "--set", "transport", "=", "t")]
    public async Task Words_that_bash_breaks_are_put_together_and_without_a_hub_it_is_silent(string line, string words, params string[] broken)
    {
        var start = new ProcessStartInfo("bash") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment()) start.Environment[name] = value;
        foreach (var argument in new[] { "--norc", "-c", "source <(vedette completion bash); COMP_LINE=$1; shift; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _vedette; echo \"${COMPREPLY[@]}\"", "bash", line }.Concat(broken)) start.ArgumentList.Add(argument);
        using var bash = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var errors = bash.StandardError.ReadToEndAsync(patience.Token);
        (await bash.StandardOutput.ReadToEndAsync(patience.Token)).TrimEnd().ShouldBe(words);
        (await errors).ShouldBeEmpty();
    }

    [Fact]
    public async Task Ids_and_the_options_of_their_kinds_come_from_the_hub_that_the_line_names()
    {
        var root = new Command("vedette") { GlobalOptions.Hub, GlobalOptions.Token, GlobalOptions.Data, StatusVerb.Create(), CheckVerbs.Create() };
        (await CompleteAsync("--hub", hub.Url, "--data", hub.Directory, "status", "n")).ShouldBe([new("names", "dns example.org")]);
        (await CompleteAsync("check", "edit", "names", "--hub", hub.Url, "--data", hub.Directory, "--set", "transport=u")).ShouldBe([new("transport=udp")]);
        (await CompleteAsync("--hub", "nonsense", "status", "n")).ShouldBeEmpty();

        Task<IReadOnlyList<Candidate>> CompleteAsync(params string[] words) => CompletionRequest.CandidatesAsync(root, words, TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _vedette vedette")]
    [InlineData("zsh", "#compdef vedette")]
    [InlineData("fish", "complete -c vedette -f -a")]
    public async Task Each_shell_has_its_script(string shell, string says) => (await CommandLineTests.InvokeAsync("completion", shell)).Output.ShouldContain(says);

    [Fact]
    public async Task A_shell_that_it_does_not_know_is_refused_with_the_nearest() =>
        (await CommandLineTests.InvokeAsync("completion", "bsh")).ShouldBe((ExitCodes.Usage, "", "vedette: 'bsh' is not a shell that this can complete in; did you mean 'bash'?\n"));

    private (string Name, string? Value)[] Environment() => [("PATH", $"{hub.Directory}:{System.Environment.GetEnvironmentVariable("PATH")}"), ("VEDETTE_HUB", hub.Url), ("VEDETTE_TOKEN", hub.Token)];
}
