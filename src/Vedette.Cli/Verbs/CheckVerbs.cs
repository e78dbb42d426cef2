using System.CommandLine;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check ...</c>.</summary>
internal static class CheckVerbs
{
    public static Command Create() => new("check", "Run a check once.") { CheckRunVerb.Create() };
}
