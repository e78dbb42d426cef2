using System.CommandLine;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;
using Vedette.Probes;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette status [ID]</c>: what is up, since when, and why not.</summary>
internal static class StatusVerb
{
    public static Command Create()
    {
        var id = new Argument<string?>(HubVerb.IdName) { Description = "One check in detail; all of them when not given.", Arity = ArgumentArity.ZeroOrOne };
        var json = HubVerb.Json("a JSON array, or one object for an ID");
        var command = new Verb("status", "Show what is up, since when, and why not.", "status vedette") { id, json };
        command.Ask((hub, parsed, cancellation) => parsed.GetValue(id) is { } one
            ? ShowAsync(hub, one, parsed.GetValue(json), cancellation)
            : ShowAsync(hub, parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> ShowAsync(HubClient hub, bool json, CancellationToken cancellation)
    {
        if (json) await HubVerb.WriteJsonAsync(await hub.ChecksAsync(cancellation), ApiJson.Readable.IReadOnlyListWatchedCheck);
        else await Console.Out.WriteAsync(Text().Render(hub.Lines(cancellation)));
        return ExitCodes.Ok;
    }

    private static async Task<int> ShowAsync(HubClient hub, string id, bool json, CancellationToken cancellation)
    {
        var check = await hub.CheckAsync(id, cancellation);
        if (json) await HubVerb.WriteJsonAsync(check, ApiJson.Readable.WatchedCheck);
        else await Console.Out.WriteAsync(Text().Render(check, ProbeSet.Catalogue.Find(check.Check.Kind)));
        return ExitCodes.Ok;
    }

    private static StatusText Text() => new(Palette.ForConsole(), Columns.OfConsole, TimeProvider.System);
}
