using System.CommandLine;
using System.Text.Json;
using Vedette.Cli.Rendering;
using Vedette.Hub.Configuration;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette export</c>: the checks as the file that makes them.</summary>
internal static class ExportVerb
{
    private const string StandardOutput = "-";

    private static readonly string[] Formats = ["yaml", "json"];

    private static readonly Option<string> Format = new("--format") { Description = "yaml or json.", DefaultValueFactory = _ => Formats[0], HelpName = "FORMAT" };
    private static readonly Option<bool> Json = HubVerb.Json("one JSON object, as --format json does");
    private static readonly Option<string?> Owner = new("--owner") { Description = "Only the checks of this owner.", HelpName = "NAME" };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "Write it into this file, which is its owner's alone; - is standard output.", DefaultValueFactory = _ => StandardOutput, HelpName = "FILE" };
    private static readonly Option<bool> Force = new("--force") { Description = "Replace the file when it is there already." };

    public static Command Create()
    {
        var command = new Verb("export", "Write the checks as a file that apply takes; secrets as where they come from, or masked.", "export --owner checks.yaml --output checks.yaml") { Format, Json, Owner, Output, Force };
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(Json) ? "json" : parsed.GetRequiredValue(Format);
            if (!Formats.Contains(chosen)) throw new UserError($"--format: '{Plain.Foreign(chosen)}' is not a format; {Nearest.Hint(chosen, Formats)}", ExitCodes.Usage);
            var (file, force) = (parsed.GetRequiredValue(Output), parsed.GetValue(Force));
            if (file == StandardOutput && force) throw new UserError("--force: is about a file; name it with --output FILE", ExitCodes.Usage);
            if (file != StandardOutput && OutputFile.Refuse(file, force) is { } refusal) throw new UserError(refusal, ExitCodes.Usage);
            var document = await hub.ExportAsync(parsed.GetValue(Owner), cancellation);
            var text = chosen == "json" ? document.GetRawText() + '\n' : YamlText.Write(document);
            if (file == StandardOutput) await Console.Out.WriteAsync(text);
            else await SaveAsync(file, text, force, Count(document), cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task SaveAsync(string file, string text, bool force, int checks, CancellationToken cancellation)
    {
        await OutputFile.WriteAsync(file, text, force, cancellation);
        await Console.Out.WriteLineAsync($"wrote {Plain.Foreign(file)} ({checks} {(checks == 1 ? "check" : "checks")})");
    }

    private static int Count(JsonElement document) => document.TryGetProperty("checks", out var checks) && checks.ValueKind == JsonValueKind.Array ? checks.GetArrayLength() : 0;
}
