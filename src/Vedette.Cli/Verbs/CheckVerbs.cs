using System.CommandLine;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check ...</c>.</summary>
internal static class CheckVerbs
{
    public static Command Create()
    {
        var command = new Command("check", "Run a check once, or have the hub watch it.")
        {
            CheckRunVerb.Create(),
            CheckAddVerb.Create(),
            CheckListVerb.Create(),
            CheckShowVerb.Create(),
            CheckEditVerb.Create(),
        };
        foreach (var move in CheckMoveVerbs.Create()) command.Add(move);
        command.Add(CheckRemoveVerb.Create());
        return command;
    }
}
