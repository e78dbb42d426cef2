using System.CommandLine;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check list</c>: what is watched, and how.</summary>
internal static class CheckListVerb
{
    public static Command Create()
    {
        var json = HubVerb.Json("a JSON array");
        var command = new Verb("list", "List the checks and how they are configured.", "check list --json") { json };
        command.Ask(async (hub, parsed, cancellation) =>
        {
            if (parsed.GetValue(json)) await HubVerb.WriteJsonAsync(await hub.ChecksAsync(cancellation), ApiJson.Readable.IReadOnlyListWatchedCheck);
            else await Console.Out.WriteAsync(new CheckText(Palette.ForConsole(), Columns.OfConsole, TimeProvider.System).Render(hub.Lines(cancellation)));
            return ExitCodes.Ok;
        });
        return command;
    }
}
