using System.CommandLine;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check show ID</c>: everything one check is made of, secrets masked.</summary>
internal static class CheckShowVerb
{
    public static Command Create()
    {
        var id = HubVerb.Id();
        var json = HubVerb.Json();
        var command = new Verb("show", "Show how a check is configured, secrets masked.", "check show web") { id, json };
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var check = await hub.CheckAsync(parsed.GetRequiredValue(id), cancellation);
            if (parsed.GetValue(json)) await HubVerb.WriteJsonAsync(check, ApiJson.Readable.WatchedCheck);
            else await Console.Out.WriteAsync(new CheckText(Palette.ForConsole(), Columns.OfConsole, TimeProvider.System).Render(check));
            return ExitCodes.Ok;
        });
        return command;
    }
}
