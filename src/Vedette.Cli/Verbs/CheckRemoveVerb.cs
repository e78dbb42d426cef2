using System.CommandLine;

namespace Vedette.Cli.Verbs;

/// <summary><c>vedette check remove ID</c>: a check and its history are gone for good.</summary>
internal static class CheckRemoveVerb
{
    public static Command Create()
    {
        var id = HubVerb.Id();
        var json = HubVerb.Json();
        var command = new Verb("remove", "Remove a check and its history for good; 'stop' keeps both.", "check remove web") { id, json };
        command.Ask(async (hub, parsed, cancellation) =>
        {
            var removed = parsed.GetRequiredValue(id);
            await hub.RemoveAsync(removed, cancellation);
            if (parsed.GetValue(json)) await HubVerb.WriteJsonAsync(new RemovedCheck(removed), ApiJson.Readable.RemovedCheck);
            else await Console.Out.WriteLineAsync($"removed '{removed}' and its history");
            return ExitCodes.Ok;
        });
        return command;
    }
}
