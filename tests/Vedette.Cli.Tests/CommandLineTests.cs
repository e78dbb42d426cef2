using System.CommandLine;
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
    [InlineData("'extra' is not an argument", "check", "run", "tcp", "a:1", "extra")]
    public async Task A_mistake_is_one_line_that_says_what_was_meant(string says, params string[] arguments)
    {
        var (exitCode, _, errors) = await InvokeAsync(arguments);
        exitCode.ShouldBe(ExitCodes.Usage);
        errors.TrimEnd('\n').ShouldNotContain('\n');
        errors.ShouldStartWith("vedette: ");
        errors.ShouldContain(says);
    }

    [Fact]
    public async Task A_target_that_begins_with_an_at_sign_is_no_file()
    {
        var (_, _, errors) = await InvokeAsync("check", "run", "tcp", "@8.8.8.8:53");
        errors.ShouldContain("'@8.8.8.8' is not a host name");
    }

    internal static async Task<(int ExitCode, string Output, string Errors)> InvokeAsync(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        using var complained = new StringWriter();
        Console.SetOut(written);
        Console.SetError(complained);
        try
        {
            var root = new RootCommand { CheckVerbs.Create(), EchoVerb.Create(), VersionVerb.Create() };
            return (await CommandLine.InvokeAsync(root, arguments), written.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }
}
