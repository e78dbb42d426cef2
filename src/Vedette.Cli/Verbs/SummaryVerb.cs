using System.CommandLine;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette summary ID</c>: what a time was like for a check.</summary>
internal static class SummaryVerb
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(24);

    public static Command Create()
    {
        var id = HubVerb.Id();
        var last = new Option<string?>("--last") { Description = "Of this last while, such as 1h or 7d (24h).", HelpName = "DURATION" };
        var json = HubVerb.Json();
        var command = new Verb("summary", "Sum up a time: availability, latency, the longest outage, coverage.", "summary web --last 24h") { id, last, json };
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var problems = new Problems();
            var window = CheckOptions.Duration(parsed, last, problems) ?? Usual;
            if (!problems.None) throw UserError.Of(problems);
            var summary = await hub.SummaryAsync(parsed.GetRequiredValue(id), window, cancellation);
            if (parsed.GetValue(json)) await HubVerb.WriteJsonAsync(summary, ApiJson.Readable.CheckSummary);
            else await Console.Out.WriteAsync(new SummaryText(Palette.ForConsole(), Columns.OfConsole, TimeProvider.System).Render(summary));
            return ExitCodes.Ok;
        });
        return command;
    }
}
