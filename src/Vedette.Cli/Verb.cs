using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vedette.Cli;

/// <summary>A command that does something, with an example of it.</summary>
/// <param name="name">The word users type.</param>
/// <param name="summary">What it does, in one line.</param>
/// <param name="example">What to type behind the name of the program.</param>
internal sealed class Verb(string name, string summary, string example) : Command(name, summary)
{
    /// <summary>The program as it was called: the launcher says so, that what is shown can be typed.</summary>
    public static string Program => GlobalOptions.Setting("VEDETTE_CALLED_AS") ?? "vedette";

    /// <summary>A whole command line that works.</summary>
    public string Example => $"{Program} {example}";

    /// <summary>What help has to say beyond the options, in lines; empty for nothing.</summary>
    public Func<ParseResult, string> More { get; init; } = _ => "";

    /// <summary>The option that shows help, with the example at its end.</summary>
    public static HelpOption Help()
    {
        var option = new HelpOption { Description = "Show this help." };
        option.Action = new WithExample((HelpAction)option.Action!);
        return option;
    }

    private sealed class WithExample(HelpAction usual) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Verb verb)
                parseResult.InvocationConfiguration.Output.Write($"{verb.More(parseResult)}Example:\n  {verb.Example}\n\n");
            return code;
        }
    }
}
