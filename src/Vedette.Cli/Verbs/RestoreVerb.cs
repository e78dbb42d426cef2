using System.CommandLine;
using Vedette.Cli.Rendering;
using Vedette.State.Sqlite;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette restore FILE</c>: puts a backup in the place of what a data directory holds. The hub must not run.</summary>
internal static class RestoreVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "What 'vedette backup' wrote." };
        var command = new Verb("restore", "Put a backup into the data directory of a hub that is stopped.", "restore vedette-monday.db --data ./data") { file };
        command.SetAction(parsed => RestoreAsync(Path.GetFullPath(parsed.GetRequiredValue(file)), GlobalOptions.DataDirectory(parsed)));
        return command;
    }

    private static async Task<int> RestoreAsync(string file, string directory)
    {
        if (DatabaseCopy.Refuse(file) is { } refusal) throw new UserError(Plain.Foreign(refusal), ExitCodes.Usage);
        try
        {
            var kept = DatabaseCopy.Restore(file, directory);
            await Console.Out.WriteLineAsync($"restored {Plain.Foreign(file)} into {Plain.Foreign(directory)}{(kept is null ? "" : $"; what was there is in {Plain.Foreign(kept)}")}");
            return ExitCodes.Ok;
        }
        catch (StateException e)
        {
            throw new UserError(e.Message, ExitCodes.Unavailable);
        }
    }
}
