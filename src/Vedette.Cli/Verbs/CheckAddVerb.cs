using System.CommandLine;
using Vedette.Cli.Rendering;
using Vedette.Probes;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check add KIND TARGET</c>: a new check, watched from now on.</summary>
internal static class CheckAddVerb
{
    public static Command Create()
    {
        var options = new CheckOptions(ProbeSet.Catalogue);
        var json = HubVerb.Json();
        var command = new Verb("add", "Watch something from now on.", "check add http https://example.org --id web --every 10s --assert \"duration < 500ms\"") { More = options.KindHelp };
        options.AddNewTo(command);
        command.Add(json);
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var problems = new Problems();
            var draft = options.Draft(parsed, problems);
            // What is wrong for certain is said without asking; which ids are taken only the hub knows.
            if (new CheckRules(ProbeSet.Catalogue).Create(draft, _ => false, problems) is null || !problems.None) throw UserError.Of(problems);
            var added = await hub.AddAsync(draft, cancellation);
            if (parsed.GetValue(json)) await HubVerb.WriteJsonAsync(added, ApiJson.Readable.WatchedCheck);
            else await Console.Out.WriteLineAsync($"added '{added.Check.Id}': {added.Check.Kind} {Plain.Foreign(added.Check.Target)} every {Durations.Format(added.Check.Interval)}; see it with: vedette status {added.Check.Id}");
            return ExitCodes.Ok;
        });
        return command;
    }
}
