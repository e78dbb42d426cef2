using Vedette.Cli.Menu;
using Vedette.Cli.Rendering;
using Vedette.Cli.Tests.Top;
using Vedette.Probes;

namespace Vedette.Cli.Tests.Menu;

public sealed class MainMenuTests : IDisposable
{
    private readonly List<string> ran = [];
    private int exitCode = ExitCodes.Ok;
    private readonly StringWriter output = new();
    private IReadOnlyList<WatchedCheck> checks = [Watched.Check("web", kind: "http", target: "http://x/"), Watched.Check("db", Status.Down, target: "evil\e.example:1"), Watched.Check("off", lifecycle: Lifecycle.Paused)];

    public void Dispose() => output.Dispose();

    [Theory]
    [InlineData("watch", "top")]
    [InlineData("1", "top")]
    [InlineData("wat", "top")]
    [InlineData("status", "status")]
    [InlineData("doctor", "doctor")]
    [InlineData("show|web", "status web; check show web")]
    [InlineData("show|1", "status db; check show db")]
    [InlineData("results|web", "results web --follow")]
    [InlineData("pause|web", "check pause web")]
    [InlineData("resume|off", "check resume off")]
    [InlineData("stop|db", "check stop db")]
    [InlineData("remove|db|db", "check remove db")]
    [InlineData("remove|db|web", "")]
    [InlineData("remove|db|", "")]
    [InlineData("pause|", "")]
    [InlineData("pause|off||", "")]
    [InlineData("start", "")]
    [InlineData("nonsense|status", "status")]
    public async Task An_entry_runs_its_verb_with_what_was_answered(string answers, string verbs)
    {
        await RunAsync(answers);
        string.Join("; ", ran).ShouldBe(verbs);
    }

    [Theory]
    [InlineData("add|tcp|h:1||||", "check add tcp h:1 --id tcp-h-1 --every 30s")]
    [InlineData("add|tcp|h|h:1|a b|a|10|500ms|10s|done", "check add tcp h:1 --id a --every 10s")]
    [InlineData("add|dns|example.org|d||transport|sctp|tcp|type|MX|done", "check add dns example.org --id d --every 30s --set transport=tcp --set type=MX")]
    [InlineData("add|tcp|h:1|||tls|true|tls|-|", "check add tcp h:1 --id tcp-h-1 --every 30s")]
    [InlineData("add|tcp|h:1|||back", "")]
    [InlineData("add|tcp||", "")]
    [InlineData("run|tcp|h:1|send|hi|", "check run tcp h:1 --set send=hi")]
    [InlineData("edit|web||10s||", "check edit web --every 10s")]
    [InlineData("edit|web|http://y/||method|HEAD|done", "check edit web --target http://y/ --set method=HEAD")]
    [InlineData("edit|web||||", "")]
    public async Task A_check_is_asked_for_by_the_rules_and_options_of_its_kind(string answers, string verbs)
    {
        await RunAsync(answers);
        string.Join("; ", ran).ShouldBe(verbs);
    }

    [Fact]
    public async Task An_id_that_is_taken_is_neither_proposed_nor_accepted()
    {
        checks = [Watched.Check("tcp-h-1"), Watched.Check("web")];
        await RunAsync("add|tcp|h:1|web||||");
        output.ToString().ShouldContain("✖ there is a check 'web' already");
        ran.ShouldHaveSingleItem().ShouldMatch("^check add tcp h:1 --id tcp-h-1-2 --every 30s$");
    }

    [Theory]
    [InlineData("edit|web")]
    [InlineData("remove|web")]
    public async Task Of_a_check_that_a_file_owns_nothing_is_asked(string answers)
    {
        checks = [Watched.Check("web") with { Owner = "office.yaml" }];
        await RunAsync(answers);
        output.ToString().ShouldContain("'web' belongs to office.yaml; change it there, or take it out there, and apply that");
        output.ToString().ShouldNotContain("target,");
        output.ToString().ShouldNotContain("for good then");
        ran.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("config|view", "export")]
    [InlineData("config|save|NEW", "export --output NEW")]
    [InlineData("config|save|NEW.json", "export --output NEW.json --format json")]
    [InlineData("config|save|FILE|yes", "export --output FILE --force")]
    [InlineData("config|save|FILE|no", "")]
    [InlineData("config|save|-no such file.json", "export --output ./-no such file.json --format json")]
    [InlineData("config|save|-", "export --output ./-")]
    [InlineData("config|save|/no/such/directory/x|NEW", "export --output NEW")]
    [InlineData("config|apply|FILE|yes", "apply --file FILE --plan; apply --file FILE")]
    [InlineData("config|apply|FILE|no", "apply --file FILE --plan")]
    [InlineData("config|apply|no such file|FILE|", "apply --file FILE --plan")]
    [InlineData("config|", "")]
    public async Task A_file_is_applied_only_after_a_look_at_its_plan_and_replaced_only_after_a_yes(string answers, string verbs)
    {
        var file = Path.GetTempFileName();
        await RunAsync(Named(answers));
        File.Delete(file);
        string.Join("; ", ran).ShouldBe(Named(verbs));

        string Named(string text) => text.Replace("FILE", file, StringComparison.Ordinal).Replace("NEW", $"{file}.new", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_whose_name_begins_with_a_hyphen_is_applied_as_no_option()
    {
        const string Name = "--prune";
        await File.WriteAllTextAsync(Name, "");
        await RunAsync($"config|apply|{Name}|yes");
        File.Delete(Name);
        ran.ShouldBe([$"apply --file ./{Name} --plan", $"apply --file ./{Name}"]);
    }

    [Fact]
    public async Task A_file_whose_plan_is_refused_is_not_applied()
    {
        exitCode = ExitCodes.Usage;
        await RunAsync($"config|apply|{typeof(MainMenu).Assembly.Location}|yes|");
        ran.ShouldBe([$"apply --file {typeof(MainMenu).Assembly.Location} --plan"]);
    }

    [Fact]
    public async Task What_will_not_do_is_said_at_once_and_asked_again()
    {
        await RunAsync("add|tcp|h|h:1|a b|a|10|500ms|10s|family|5|4|done");
        output.ToString().ShouldContain("✖ 'h' is not HOST:PORT");
        output.ToString().ShouldContain("✖ id: 'a b' will not do");
        output.ToString().ShouldContain("✖ '10' is not a duration such as 20ms, 2s or 1m");
        output.ToString().ShouldContain("✖ every: 500ms is outside 1s to 1d");
        output.ToString().ShouldContain("✖ '5' is not one of");
    }

    [Fact]
    public async Task The_verb_is_shown_as_it_is_typed_without_what_is_secret()
    {
        await RunAsync("run|http|http://x/|password|it's|user|a b|done");
        output.ToString().ShouldContain("$ vedette check run http http://x/ --set 'password=***' --set 'user=a b'\n");
        ran.ShouldBe(["check run http http://x/ --set password=it's --set user=a b"]);
    }

    [Fact]
    public async Task Foreign_text_is_harmless()
    {
        await RunAsync("show|");
        output.ToString().ShouldContain("evil\uFFFD.example:1");
        output.ToString().ShouldNotContain('\e');
    }

    [Fact]
    public async Task Of_many_checks_the_id_is_asked_for()
    {
        checks = [.. Enumerable.Range(0, 100).Select(number => Watched.Check($"c{number:00}"))];
        await RunAsync("pause|c100|c42");
        output.ToString().ShouldContain("there is no such check to pause; did you mean 'c00'?");
        ran.ShouldBe(["check pause c42"]);
    }

    [Fact]
    public async Task Without_a_hub_it_says_how_to_start_one_and_goes_on()
    {
        await RunAsync("pause|run|tcp|h:1|done", hub: false);
        output.ToString().ShouldStartWith("✖ no hub\nStart a hub in another terminal with:\n\n  vedette up\n");
        ran.ShouldBe(["check run tcp h:1"]);
    }

    private async Task RunAsync(string answers, bool hub = true)
    {
        using var input = new StringReader(answers.Replace('|', '\n') + "\n");
        var dialogue = new Dialogue(input, output, new Palette(colours: false));
        await new MainMenu(dialogue, new Palette(colours: false), ProbeSet.Catalogue, (words, _) => TakeAsync(words), _ => hub ? Task.FromResult<IReadOnlyList<CheckLine>>([.. checks.Select(Watched.Line)]) : throw new UserError("no hub", ExitCodes.Unavailable),
            (id, _) => Task.FromResult(checks.Single(watched => watched.Check.Id == id))).RunAsync(CancellationToken.None);
    }

    private Task<int> TakeAsync(IReadOnlyList<string> words)
    {
        ran.Add(string.Join(' ', words));
        return Task.FromResult(exitCode);
    }
}
