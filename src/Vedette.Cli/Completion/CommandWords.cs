using System.CommandLine;
using SystemOption = System.CommandLine.Option;

namespace Vedette.Cli.Completion;

/// <summary>What a command line that is still being written has said so far. The parser is of no use for it: it reads lines that are whole.</summary>
/// <param name="Command">The verb so far.</param>
/// <param name="Arguments">Its arguments so far.</param>
/// <param name="Given">The options that were given.</param>
/// <param name="Awaiting">The option whose value is written now.</param>
/// <param name="TakesOptions">Whether an option may come.</param>
internal sealed record CommandWords(Command Command, IReadOnlyList<string> Arguments, IReadOnlyList<SystemOption> Given, SystemOption? Awaiting, bool TakesOptions)
{
    /// <summary>Reads the words before the one that is written.</summary>
    public static CommandWords Read(Command root, IEnumerable<string> words)
    {
        var (command, arguments, given, takesOptions) = (root, new List<string>(), new List<SystemOption>(), true);
        SystemOption? awaiting = null;
        foreach (var word in words)
        {
            if (awaiting is not null) awaiting = null;
            else if (takesOptions && word == "--") takesOptions = false;
            else if (takesOptions && word.StartsWith('-'))
            {
                var name = word.Split('=')[0];
                if (Options(command).FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name)) is not { } option) continue;
                given.Add(option);
                if (TakesValue(option) && name == word) awaiting = option;
            }
            else if (arguments.Count == 0 && command.Subcommands.FirstOrDefault(sub => sub.Name == word) is { } sub) command = sub;
            else arguments.Add(word);
        }

        return new(command, arguments, given, awaiting, takesOptions);
    }

    /// <summary>The options that may be given to a verb, those of the verbs above it as well.</summary>
    public static IEnumerable<SystemOption> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(Options).Where(option => option.Recursive)).Where(option => !option.Hidden);

    /// <summary>Whether an option is followed by a value.</summary>
    public static bool TakesValue(SystemOption option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) && option is not System.CommandLine.Help.HelpOption;

    /// <summary>The value of an argument; null when it was not given.</summary>
    public string? Argument(string name)
    {
        var at = Command.Arguments.ToList().FindIndex(argument => argument.Name == name);
        return at >= 0 && at < Arguments.Count ? Arguments[at] : null;
    }
}
