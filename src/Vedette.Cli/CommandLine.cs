using System.CommandLine;
using System.CommandLine.Parsing;

namespace Vedette.Cli;

/// <summary>Parses, refuses what it does not know with the nearest known word, and runs the verb.</summary>
internal static class CommandLine
{
    /// <summary>How words become a verb with options.</summary>
    public static readonly ParserConfiguration Parsing = new()
    {
        // A target may begin with @; it is not the name of a file with arguments.
        ResponseFileTokenReplacer = null,
        EnablePosixBundling = false,
    };

    // How long a verb may take to end in order before it is cut off.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    /// <summary>Runs the verb that the arguments name; errors are one line on stderr.</summary>
    public static async Task<int> InvokeAsync(Command root, IReadOnlyList<string> arguments, CancellationToken cancellation = default)
    {
        var parsed = root.Parse(arguments, Parsing);
        if (Mistake(parsed) is { } mistake) return await FailAsync(mistake, ExitCodes.Usage);
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = LongestEnd }, cancellation);
        }
        catch (UserError e)
        {
            return await FailAsync(e.Message, e.ExitCode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await FailAsync($"what this needs could not be read or written: {(e.InnerException ?? e).Message.TrimEnd('.')}", ExitCodes.Unavailable);
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
        var command = parsed.CommandResult.Command;
        // Help does not help with a word that is none, and what begins with a hyphen is no id, kind or target but an option that there is not.
        if (parsed.UnmatchedTokens.Concat(Arguments(parsed).Where(argument => argument.StartsWith('-'))).FirstOrDefault() is { } unknown) return Unknown(unknown, command);
        if (parsed.Errors.Count == 0) return null;
        if (command.Subcommands.Count > 0 && command.Arguments.Count == 0) return SayWhich(command);
        return $"{(parsed.Errors[0].SymbolResult is OptionResult option ? Unfit(option) : Missing(parsed))} (more with --help)";
    }

    /// <summary>What to say of a command that does nothing by itself.</summary>
    public static string SayWhich(Command command) => $"say which: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))} (more with --help)";

    private static IEnumerable<string> Arguments(ParseResult parsed) =>
        parsed.CommandResult.Command.Arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).Select(token => token.Value);

    private static string Missing(ParseResult parsed)
    {
        var missing = parsed.CommandResult.Command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > (parsed.GetResult(argument)?.Tokens.Count ?? 0))
            .Select(argument => argument.Name).ToArray();
        return $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} missing, as in: {(parsed.CommandResult.Command as Verb)?.Example}";
    }

    private static string Unfit(OptionResult option)
    {
        var (name, type) = (option.Option.Name, option.Option.ValueType);
        if (option.Tokens.Count == 0) return $"{name}: needs a value; give it as {name} {option.Option.HelpName}";
        if (option.Tokens.Count > option.Option.Arity.MaximumNumberOfValues) return $"{name}: is given more than once; give it once";
        return $"{name}: '{option.Tokens[^1].Value}' is not {(type == typeof(bool) ? "true or false" : type == typeof(int) ? "a whole number" : "a number")}";
    }

    private static IEnumerable<Command> Lineage(Command command) => command.Parents.OfType<Command>().SelectMany(Lineage).Prepend(command);

    private static string Unknown(string token, Command command)
    {
        var isOption = token.StartsWith('-');
        var known = isOption
            ? Lineage(command).SelectMany(one => one.Options).Where(option => !option.Hidden).Select(option => option.Name).ToArray()
            : [.. command.Subcommands.Select(sub => sub.Name)];
        var what = isOption ? "option" : known.Length > 0 ? "verb" : "argument";
        var hint = known.Length > 0 ? $"; {Nearest.Hint(token, known)}" : "; quote an argument that holds blanks";
        return $"'{token}' is not {(isOption || what == "argument" ? "an" : "a")} {what} here{hint}";
    }
}
