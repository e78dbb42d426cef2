using System.CommandLine;

namespace Vedette.Cli;

/// <summary>Parses, refuses what it does not know with the nearest known word, and runs the verb.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Parsing = new()
    {
        // A target may begin with @; it is not the name of a file with arguments.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    /// <summary>Runs the verb that the arguments name; errors are one line on stderr.</summary>
    public static async Task<int> InvokeAsync(Command root, IReadOnlyList<string> arguments, CancellationToken cancellation = default)
    {
        var parsed = root.Parse(arguments, Parsing);
        if (Mistake(parsed) is { } mistake) return await FailAsync(mistake, ExitCodes.Usage);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellation);
        }
        catch (UserError e)
        {
            return await FailAsync(e.Message, e.ExitCode);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
    }

    private static async Task<int> FailAsync(string sentence, int exitCode)
    {
        await Console.Error.WriteLineAsync($"vedette: {sentence.ReplaceLineEndings(" ")}");
        return exitCode;
    }

    private static string? Mistake(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0) return null;
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..]) return Unknown(unknown, command);
        if (command.Subcommands.Count > 0 && command.Arguments.Count == 0) return $"say which: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))} (more with --help)";
        return $"{parsed.Errors[0].Message.TrimEnd('.')} (more with --help)";
    }

    private static string Unknown(string token, Command command)
    {
        var isOption = token.StartsWith('-');
        var known = isOption
            ? command.Options.Where(option => !option.Hidden).Select(option => option.Name).ToArray()
            : [.. command.Subcommands.Select(sub => sub.Name)];
        var what = isOption ? "option" : known.Length > 0 ? "verb" : "argument";
        var hint = known.Length > 0 ? $"; {Nearest.Hint(token, known)}" : "; quote an argument that holds blanks";
        return $"'{token}' is not {(isOption || what == "argument" ? "an" : "a")} {what} here{hint}";
    }
}
