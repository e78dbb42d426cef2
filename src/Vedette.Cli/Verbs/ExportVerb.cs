using System.CommandLine;
using Vedette.Hub.Configuration;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette export</c>: the checks as the file that makes them.</summary>
internal static class ExportVerb
{
    private static readonly string[] Formats = ["yaml", "json"];

    public static Command Create()
    {
        var format = new Option<string>("--format") { Description = "yaml or json.", DefaultValueFactory = _ => Formats[0], HelpName = "FORMAT" };
        var json = HubVerb.Json("one JSON object, as --format json does");
        var owner = new Option<string?>("--owner") { Description = "Only the checks of this owner.", HelpName = "NAME" };
        var command = new Verb("export", "Write the checks as a file that apply takes; secrets as where they come from, or masked.", "export --owner checks.yaml") { format, json, owner };
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(json) ? "json" : parsed.GetRequiredValue(format);
            if (!Formats.Contains(chosen)) throw new UserError($"--format: '{Rendering.Plain.Foreign(chosen)}' is not a format; {Nearest.Hint(chosen, Formats)}", ExitCodes.Usage);
            var document = await hub.ExportAsync(parsed.GetValue(owner), cancellation);
            await Console.Out.WriteAsync(chosen == "json" ? document.GetRawText() + '\n' : YamlText.Write(document));
            return ExitCodes.Ok;
        });
        return command;
    }
}
