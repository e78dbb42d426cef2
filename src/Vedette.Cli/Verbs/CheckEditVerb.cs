using System.CommandLine;
using System.Text.Json;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.Probes;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check edit ID</c>: changes what is given and leaves the rest.</summary>
internal static class CheckEditVerb
{
    public static Command Create()
    {
        var options = new CheckOptions(ProbeSet.Catalogue);
        var id = HubVerb.Id();
        var json = HubVerb.Json();
        var command = new Verb("edit", "Change a check; what is not given stays, NAME= takes an entry away, an empty --assert or --depends-on all of them.", "check edit web --every 5s --set method=")
        {
            id,
        };
        options.AddChangesTo(command);
        command.Add(json);
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var problems = new Problems();
            var changes = options.Changes(parsed, problems);
            if (!problems.None) throw UserError.Of(problems);
            if (DraftJson.Write(changes) == "{}") throw new UserError("say what to change, such as --every 5s (more with --help)", ExitCodes.Usage);
            var edited = await hub.EditAsync(parsed.GetRequiredValue(id), changes, cancellation);
            await Console.Out.WriteAsync(parsed.GetValue(json)
                ? JsonSerializer.Serialize(edited, ApiJson.Readable.WatchedCheck) + '\n'
                : new CheckText(Palette.ForConsole(), Columns.OfConsole, TimeProvider.System).Render(edited));
            return ExitCodes.Ok;
        });
        return command;
    }
}
