using System.CommandLine;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.Hub.Configuration;
using Vedette.Probes;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette apply -f FILE</c>: makes the checks of a file what the file says, as a whole.</summary>
internal static class ApplyVerb
{
    private const string StandardInput = "-";

    // Ten thousand checks take a second or two, on a busy host a multiple of it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Option<string> FileName = new("--file", "-f") { Description = "The configuration, YAML or JSON; - reads standard input.", HelpName = "FILE", Required = true };
    private static readonly Option<bool> Plan = new("--plan") { Description = "Say what would be done, and do nothing." };
    private static readonly Option<bool> Prune = new("--prune") { Description = "Remove checks of this owner that the file does not name, with their history." };
    private static readonly Option<string?> Owner = new("--as") { Description = "Who owns the checks (the name of the file without its directories).", HelpName = "OWNER" };
    private static readonly Option<bool> Json = HubVerb.Json();

    public static Command Create()
    {
        var command = new Verb("apply", "Make the checks that a file names what it says; all of it takes effect, or nothing.", "apply -f checks.yaml --plan") { FileName, Plan, Prune, Owner, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var name = parsed.GetRequiredValue(FileName);
            var owner = parsed.GetValue(Owner) ?? (name == StandardInput ? throw new UserError("--as: what comes from standard input has no name; give its owner with --as OWNER", ExitCodes.Usage) : Path.GetFileName(name));
            var file = Read(name);
            if (file.Problems.Count > 0) return await RefuseAsync(file.Problems, ExitCodes.Usage);
            using var hub = HubClient.Of(parsed, Patience);
            try
            {
                var applied = await hub.ApplyAsync(file.Json, owner, parsed.GetValue(Plan), parsed.GetValue(Prune), cancellation);
                if (parsed.GetValue(Json)) await HubVerb.WriteJsonAsync(applied, ApiJson.Readable.AppliedConfiguration);
                else await Console.Out.WriteAsync(new PlanText(Palette.ForConsole(), Columns.OfConsole).Render(applied));
                return ExitCodes.Ok;
            }
            catch (HubError e) when (e.Problems.Any(problem => file.Knows(problem.Path)))
            {
                return await RefuseAsync(file.Place(e.Problems), e.ExitCode);
            }
        });
        return command;
    }

    private static ConfigurationFile Read(string name)
    {
        if (name != StandardInput) return ConfigurationFile.Read(name, ProbeSet.Catalogue, isOfHub: false);
        using var input = Console.OpenStandardInput();
        return ConfigurationFile.Read(StandardInput, input, Environment.CurrentDirectory, ProbeSet.Catalogue);
    }

    // Editors and other tools find the places by this form of lines; nothing else is said.
    private static async Task<int> RefuseAsync(IEnumerable<string> lines, int exitCode)
    {
        foreach (var line in lines) await Console.Error.WriteLineAsync(Plain.Foreign(line));
        return exitCode;
    }
}
