using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vedette.Cli.Hub;

namespace Vedette.Cli.Verbs;

/// <summary>What the verbs that ask the hub have in common.</summary>
internal static class HubVerb
{
    /// <summary>What an argument is called that is the id of a check; shells complete it by that.</summary>
    public const string IdName = "ID";

    public static Argument<string> Id() => new(IdName) { Description = "The check's id; see them with: vedette check list" };

    public static Option<bool> Json(string form = "one JSON object") => new("--json") { Description = $"Print {form}." };

    /// <summary>Gives the verb its action, with the hub that the global options name.</summary>
    public static void Ask(this Command command, Func<HubClient, ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            using var hub = HubClient.Of(parsed);
            return await action(hub, parsed, cancellation);
        });

    /// <summary>Writes JSON on one line.</summary>
    public static Task WriteJsonAsync<T>(T value, JsonTypeInfo<T> type) => Console.Out.WriteAsync(JsonSerializer.Serialize(value, type) + '\n');
}
