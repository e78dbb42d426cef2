using System.CommandLine;
using Vedette.Cli.Completion;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette completion SHELL</c>: what a shell runs to complete words of this program.</summary>
internal static class CompletionVerb
{
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = $"One of {string.Join(", ", Scripts.ByShell.Keys)}." };
        shell.CompletionSources.Add([.. Scripts.ByShell.Keys]);
        var command = new Verb("completion", "Print what a shell runs to complete verbs, options, kinds and ids.", "completion bash") { shell };
        command.SetAction(async (parsed, _) =>
        {
            var name = parsed.GetRequiredValue(shell);
            if (!Scripts.ByShell.TryGetValue(name, out var script)) throw new UserError($"'{name}' is not a shell that this can complete in; {Nearest.Hint(name, [.. Scripts.ByShell.Keys])}", ExitCodes.Usage);
            await Console.Out.WriteAsync(script);
            return ExitCodes.Ok;
        });
        return command;
    }
}
