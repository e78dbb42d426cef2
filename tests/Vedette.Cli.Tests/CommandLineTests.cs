using Vedette.Cli.Verbs;

namespace Vedette.Cli.Tests;

[Collection(nameof(Console))]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("'chek' is not a verb here; did you mean 'check'?", "chek")]
    [InlineData("'--jsn' is not an option here; did you mean '--json'?", "check", "run", "tcp", "a:1", "--jsn")]
    [InlineData("'tpc' is not known; did you mean 'tcp'?", "check", "run", "tpc", "a:1")]
    [InlineData("is not HOST:PORT", "check", "run", "tcp", "a")]
    [InlineData("did you mean 'expect'?", "check", "run", "tcp", "a:1", "--set", "expct=x")]
    [InlineData("is not NAME=VALUE", "check", "run", "tcp", "a:1", "--set", "expect")]
    [InlineData("is not a duration", "check", "run", "tcp", "a:1", "--timeout", "fast")]
    [InlineData("say which", "check")]
    [InlineData("share from 0 to 1", "echo", "--fail-rate", "2")]
    [InlineData("'tpc' is not known; did you mean 'tcp'?", "check", "add", "tpc", "a:1")]
    [InlineData("set.expct: tcp has no option 'expct'; did you mean 'expect'?", "check", "add", "tcp", "a:1", "--set", "expct=x")]
    [InlineData("every: 10ms is outside 1s to 1d; failAfter: 0 is outside", "check", "add", "tcp", "a:1", "--every", "10ms", "--fail-after", "0")]
    [InlineData("--fail-after: 'two' is not a whole number", "check", "add", "tcp", "a:1", "--fail-after", "two")]
    [InlineData("'--evry' is not an option here; did you mean '--every'?", "check", "add", "tcp", "a:1", "--evry", "5s")]
    [InlineData("'pasue' is not a verb here; did you mean 'pause'?", "check", "pasue", "web")]
    [InlineData("say what to change", "check", "edit", "web")]
    [InlineData("--label: 'team' is not NAME=VALUE", "check", "edit", "web", "--label", "team")]
    [InlineData("--status: 'donw' is not a status; did you mean 'down'?", "results", "web", "--status", "donw")]
    [InlineData("--limit: 0 is outside 1 to 10000", "results", "web", "--limit", "0")]
    [InlineData("--last: 'soon' is not a duration", "results", "web", "--last", "soon")]
    [InlineData("--hub: 'localhost:7400' is not the address of a hub such as http://127.0.0.1:7400", "status", "--hub", "localhost:7400")]
    [InlineData("--hub: give only scheme, host, port and path", "status", "--hub", "http://me:secret@127.0.0.1:7400")]
    [InlineData("--token: that is not a token", "status", "--token", "two words")]
    [InlineData("'extra' is not an argument", "check", "run", "tcp", "a:1", "extra")]
    [InlineData("KIND and TARGET are missing, as in: vedette check add http", "check", "add")]
    [InlineData("ID is missing, as in: vedette results", "results")]
    [InlineData("'--jsn' is not an option here; did you mean '--json'?", "status", "--jsn")]
    [InlineData("'hub' is not a verb here", "hub", "--help")]
    [InlineData("--every: needs a value; give it as --every DURATION", "check", "add", "tcp", "a:1", "--every")]
    [InlineData("--every: is given more than once", "check", "add", "tcp", "a:1", "--every", "5s", "--every", "6s")]
    [InlineData("--port: 'abc' is not a whole number", "echo", "--port", "abc")]
    [InlineData("--http-port: '65536' is not a port", "echo", "--http-port", "65536")]
    [InlineData("--fail-rate: give a share from 0 to 1", "echo", "--fail-rate", "NaN")]
    public async Task A_mistake_is_one_line_that_says_what_was_meant(string says, params string[] arguments)
    {
        var (exitCode, _, errors) = await InvokeAsync(arguments);
        exitCode.ShouldBe(ExitCodes.Usage);
        errors.TrimEnd('\n').ShouldNotContain('\n');
        errors.ShouldStartWith("vedette: ");
        errors.ShouldContain(says);
    }

    [Fact]
    public async Task A_mistake_is_said_once()
    {
        var (_, _, errors) = await InvokeAsync("check", "run", "tcp", "a:1", "--set", "expect");
        errors.ShouldBe("vedette: --set: 'expect' is not NAME=VALUE\n");
    }

    [Theory]
    [InlineData("Example:\n  vedette results web", "results")]
    [InlineData("  tcp   send expect tls", "check", "run")]
    [InlineData("What http takes with --set, for a URL:\n  method ", "check", "add", "http")]
    public async Task Help_ends_with_what_to_type(string says, params string[] verb)
    {
        var (exitCode, output, _) = await InvokeAsync([.. verb, "--help"]);
        exitCode.ShouldBe(ExitCodes.Ok);
        output.ShouldContain(says);
        output.ShouldContain("\nExample:\n  vedette ");
    }

    [Fact]
    public void Every_verb_has_the_name_that_it_is_found_by()
    {
        foreach (var (name, create) in ProgramVerbs.All) create().Name.ShouldBe(name);
        ProgramVerbs.All.Select(verb => verb.Name).ShouldBeUnique();
    }

    [Theory]
    [InlineData("status", "status")]
    [InlineData("stats", null)]
    [InlineData("--json", null)]
    public void Only_the_verb_that_is_meant_is_made(string first, string? only)
    {
        var made = ProgramVerbs.For([first, "--jsn"]).Subcommands.Select(verb => verb.Name);
        made.ShouldBe(only is null ? ProgramVerbs.All.Select(verb => verb.Name) : [only]);
    }

    [Fact]
    public async Task Every_verb_knows_its_help_and_the_nearest_option_when_it_alone_is_made()
    {
        foreach (var (name, _) in ProgramVerbs.All)
        {
            var (exitCode, output, errors) = await InvokeAsync(name, "--help");
            (exitCode, errors).ShouldBe((ExitCodes.Ok, ""), name);
            output.ShouldContain($"vedette {name}");
            (exitCode, _, errors) = await InvokeAsync(name, "--hepl");
            (exitCode, errors).ShouldBe((ExitCodes.Usage, "vedette: '--hepl' is not an option here; did you mean '--help'?\n"), name);
        }
    }

    [Fact]
    public async Task The_version_is_given_as_json_too()
    {
        var (exitCode, output, _) = await InvokeAsync("version", "--json");
        exitCode.ShouldBe(ExitCodes.Ok);
        output.ShouldStartWith("{\"version\":\"");
    }

    [Fact]
    public async Task A_target_that_begins_with_an_at_sign_is_no_file()
    {
        var (_, _, errors) = await InvokeAsync("check", "run", "tcp", "@8.8.8.8:53");
        errors.ShouldContain("'@8.8.8.8' is not a host name");
    }

    internal static Task<(int ExitCode, string Output, string Errors)> InvokeAsync(params string[] arguments) => Invocation.RunAsync(arguments);
}
