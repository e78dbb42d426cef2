using System.CommandLine;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check pause | resume | stop | start ID</c>: moves a check in its life.</summary>
internal static class CheckMoveVerbs
{
    public static IEnumerable<Command> Create() =>
    [
        Create("pause", "Measure nothing until it is resumed.", id => $"paused '{id}'; go on with: vedette check resume {id}"),
        Create("resume", "Go on with a paused check.", id => $"resumed '{id}'"),
        Create("stop", "Take a check out of use; its history stays.", id => $"stopped '{id}'; take it into use again with: vedette check start {id}"),
        Create("start", "Take a stopped check into use again.", id => $"started '{id}'"),
    ];

    private static Verb Create(string verb, string summary, Func<string, string> done)
    {
        var id = HubVerb.Id();
        var json = HubVerb.Json();
        var command = new Verb(verb, $"{summary} Repeating it changes nothing.", $"check {verb} web") { id, json };
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var moved = await hub.MoveAsync(parsed.GetRequiredValue(id), verb, cancellation);
            if (parsed.GetValue(json)) await HubVerb.WriteJsonAsync(moved, ApiJson.Readable.WatchedCheck);
            else await Console.Out.WriteLineAsync(done(moved.Check.Id));
            return ExitCodes.Ok;
        });
        return command;
    }
}
