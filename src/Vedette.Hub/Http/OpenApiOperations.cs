using System.Text.Json.Nodes;

namespace Vedette.Hub.Http;

/// <summary>Everything that the API does.</summary>
internal static class OpenApiOperations
{
    private const string OneCheck = CheckEndpoints.Path + "/{id}";

    private static readonly (string Verb, string Summary)[] Verbs =
    [
        ("pause", "Makes an active check rest until it is resumed."),
        ("resume", "Makes a paused check active."),
        ("stop", "Makes a check rest until it is started."),
        ("start", "Makes a stopped check active."),
    ];

    /// <summary>In the order of the document.</summary>
    public static IEnumerable<OpenApiOperation> All => [.. Checks(), .. History(), .. Configurations(), .. Database(), .. Hub()];

    private static IEnumerable<OpenApiOperation> Checks()
    {
        yield return new("get", CheckEndpoints.Path, "listChecks", "All checks, by id.") { Gives = OpenApiSchemas.ListOf(nameof(WatchedCheck)), Problems = [400] };
        yield return new("get", CheckEndpoints.StatusPath, "listStatus", "How all checks stand, by id, in a line each: many times as small as the checks with their latest runs.") { Gives = OpenApiSchemas.ListOf(nameof(CheckLine)), Problems = [400] };
        yield return new("post", CheckEndpoints.Path, "addCheck", "Adds a check, active at once; without an id it gets one.")
        {
            Takes = new() { ["allOf"] = new JsonArray(OpenApiSchemas.Ref(nameof(CheckDraft)), new JsonObject { ["required"] = new JsonArray("kind", "target") }) },
            Gives = OpenApiSchemas.Ref(nameof(WatchedCheck)),
            Status = 201,
            Problems = [400, 409, 413, 503],
        };
        yield return new("get", IdEndpoint.Path, "listIds", $"The ids of checks, in order. Of more than {IdEndpoint.Most} the first and the very last, so that what all begin with can be seen.")
        {
            Gives = OpenApiSchemas.ListOf(nameof(ListedId)),
            Query = new() { ["prefix"] = OpenApiSchemas.Text("Only those that begin with it.") },
            Problems = [400],
        };
        yield return new("get", OneCheck, "getCheck", "A check and how it stands.") { Gives = OpenApiSchemas.Ref(nameof(WatchedCheck)), Problems = [404] };
        yield return new("patch", OneCheck, "editCheck", "Changes the keys that are given; set and labels entry by entry, null takes an entry away.")
        {
            Takes = OpenApiSchemas.Ref(nameof(CheckDraft)),
            Gives = OpenApiSchemas.Ref(nameof(WatchedCheck)),
            Problems = [400, 404, 409, 413, 503],
        };
        yield return new("delete", OneCheck, "removeCheck", "Removes a check and its history.") { Status = 204, Problems = [404, 409, 503] };
        foreach (var (verb, summary) in Verbs)
            yield return new("post", $"{OneCheck}/{verb}", $"{verb}Check", summary) { Gives = OpenApiSchemas.Ref(nameof(WatchedCheck)), Problems = [404, 409, 503] };
    }

    private static IEnumerable<OpenApiOperation> History()
    {
        yield return new("get", $"{OneCheck}/results", "listResults", "The newest results, oldest first; with last or from and no limit all of that time. When there may be more before them, the header Link says where.")
        {
            Gives = OpenApiSchemas.ListOf(nameof(Result)),
            Query = new(Window)
            {
                ["limit"] = new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = ResultsQuery.MostResults, ["default"] = ResultsQuery.DefaultResults },
                ["status"] = OpenApiSchemas.Ref(nameof(Status)),
                ["before"] = OpenApiSchemas.Text("Only what stands before a result; from the header Link of an answer."),
            },
            Problems = [400, 404],
        };
        yield return new("get", $"{OneCheck}/gaps", "listGaps", "The slots of which there is no result, those of now included, and why.") { Gives = OpenApiSchemas.ListOf(nameof(Gap)), Query = new(Window), Problems = [400, 404] };
        yield return new("get", $"{OneCheck}/summary", "getSummary", "What a time was like; the last 24 hours unless it says otherwise.") { Gives = OpenApiSchemas.Ref(nameof(CheckSummary)), Query = new(Window), Problems = [400, 404] };
    }

    private static IEnumerable<OpenApiOperation> Configurations()
    {
        yield return new("post", ConfigurationEndpoints.ApplyPath, "applyConfiguration", "Makes the checks of an owner what the document says, all of it or nothing; what a check leaves out has its default.")
        {
            Takes = OpenApiSchemas.Ref(OpenApiSchemas.ConfigurationName),
            Gives = OpenApiSchemas.Ref(nameof(AppliedConfiguration)),
            Query = new()
            {
                ["owner"] = OpenApiSchemas.Text("The name of the configuration, which alone changes and removes these checks from then on; needed."),
                ["plan"] = new() { ["type"] = "boolean", ["default"] = false, ["description"] = "Only say what would be done." },
                ["prune"] = new() { ["type"] = "boolean", ["default"] = false, ["description"] = "Remove the checks of this owner that the document does not name." },
            },
            Problems = [400, 409, 413, 503],
        };
        yield return new("get", ConfigurationEndpoints.ExportPath, "exportConfiguration", "The checks as the document that makes them; applying it changes nothing.")
        {
            Gives = OpenApiSchemas.Ref(OpenApiSchemas.ConfigurationName),
            Query = new() { ["owner"] = OpenApiSchemas.Text("Only those of this owner.") },
            Problems = [400],
        };
    }

    private static IEnumerable<OpenApiOperation> Database()
    {
        yield return new("get", DatabaseEndpoints.Backup, "getBackup", "A copy of the whole database as it is at this moment, secrets included; restored with: vedette restore FILE.")
        {
            Gives = OpenApiSchemas.Text("An SQLite database."),
            MediaType = "application/vnd.sqlite3",
            Problems = [409, 503],
        };
        yield return new("get", DatabaseEndpoints.Verify, "verify", "Reads all that is stored, and says what of it is damaged.") { Gives = OpenApiSchemas.Ref(nameof(Verification)), Problems = [409] };
    }

    private static IEnumerable<OpenApiOperation> Hub()
    {
        yield return new("get", "/api/v1/stream", "followStream", "Server-sent events: result (a Result), check (a WatchedCheck), removed (a RemovedCheck), and reset when checks are to be read anew.")
        {
            Gives = OpenApiSchemas.Text("Resumed after the header Last-Event-ID."),
            MediaType = "text/event-stream",
            Query = new() { ["check"] = OpenApiSchemas.Text("Only what is about this check."), ["lastEventId"] = OpenApiSchemas.Text("As the header Last-Event-ID.") },
            Problems = [400, 503],
        };
        yield return new("get", OpenApiDocument.Path, "getOpenApi", "This document.") { Gives = new() { ["type"] = "object" } };
        yield return new("get", "/metrics", "getMetrics", "For Prometheus: the latest run of every active check, how the checks stand, and the hub's own numbers. From this host it is open.")
        {
            Gives = OpenApiSchemas.Text("The Prometheus text format, or OpenMetrics when asked for."),
            MediaType = "text/plain",
        };
        yield return new("get", "/healthz", "getHealth", "Whether the hub runs.") { Gives = OpenApiSchemas.Text("ok"), MediaType = "text/plain", IsOpen = true };
        yield return new("get", "/readyz", "getReadiness", "Whether the hub stores results.") { Gives = OpenApiSchemas.Text("ok"), MediaType = "text/plain", IsOpen = true, Problems = [503] };
    }

    private static Dictionary<string, JsonObject> Window => new()
    {
        ["last"] = OpenApiSchemas.Text("How far back, such as 10m or 1h; instead of from."),
        ["from"] = Time("The earliest slot."),
        ["to"] = Time("The latest slot."),
        ["agent"] = OpenApiSchemas.Text("Only of this agent."),
    };

    private static JsonObject Time(string description) => new() { ["type"] = "string", ["format"] = "date-time", ["description"] = description };
}
