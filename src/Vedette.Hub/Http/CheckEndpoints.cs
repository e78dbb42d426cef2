using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Vedette.Hub.Checks;

namespace Vedette.Hub.Http;

/// <summary><c>/api/v1/checks</c> and everything below, and the list of how all of them stand.</summary>
internal sealed class CheckEndpoints(CheckService checks, CheckRegistry registry, HistoryEndpoints history, Catalogue catalogue, TimeProvider time)
{
    /// <summary>Where they begin.</summary>
    public const string Path = "/api/v1/checks";

    /// <summary>How all of them stand.</summary>
    public const string StatusPath = "/api/v1/status";

    public Task AnswerAsync(HttpContext context, PathString rest)
    {
        var segments = (rest.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var method = context.Request.Method;
        return segments switch
        {
            [] when method == "GET" => ListAsync(context, Show, ApiJson.Readable.IEnumerableWatchedCheck),
            [] when method == "POST" => AddAsync(context),
            [] => Answers.NotAllowedAsync(context, "GET, POST"),
            [var id] when method == "GET" => ShowAsync(context, id),
            [var id] when method == "PATCH" => EditAsync(context, id),
            [var id] when method == "DELETE" => RemoveAsync(context, id),
            [_] => Answers.NotAllowedAsync(context, "GET, PATCH, DELETE"),
            [var id, "pause" or "resume" or "stop" or "start"] when method == "POST" => MoveAsync(context, id, segments[1]),
            [_, "pause" or "resume" or "stop" or "start"] => Answers.NotAllowedAsync(context, "POST"),
            [var id, "results" or "gaps" or "summary"] when method == "GET" => registry.Find(id) is { } record
                ? history.AnswerAsync(context, record, segments[1])
                : Answers.ProblemAsync(context, 404, "No such check", checks.NoSuch(id)),
            [_, "results" or "gaps" or "summary"] => Answers.NotAllowedAsync(context, "GET"),
            _ => Answers.ProblemAsync(context, 404, "Not found", $"there is nothing at {context.Request.Path}"),
        };
    }

    /// <summary>Gives a line a check.</summary>
    public Task AnswerStatusAsync(HttpContext context) => context.Request.Method == "GET"
        ? ListAsync(context, record => record.ShowLine(time.GetUtcNow()), ApiJson.Readable.IEnumerableCheckLine)
        : Answers.NotAllowedAsync(context, "GET");

    private WatchedCheck Show(CheckRecord record) => record.Show(catalogue, time.GetUtcNow());

    // One check is shown after the other while they are written: all of them with their runs would be as much memory again as the hub keeps.
    private Task ListAsync<T>(HttpContext context, Func<CheckRecord, T> show, JsonTypeInfo<IEnumerable<T>> type)
    {
        var problems = new Problems();
        ResultsQuery.RefuseUnknown(context.Request.Query, [], problems);
        return problems.None ? Answers.JsonAsync(context, 200, registry.All.Select(show), type) : Answers.InvalidQueryAsync(context, problems);
    }

    private Task ShowAsync(HttpContext context, string id) => registry.Find(id) is { } record
        ? Answers.JsonAsync(context, 200, Show(record), ApiJson.Readable.WatchedCheck)
        : Answers.ProblemAsync(context, 404, "No such check", checks.NoSuch(id));

    private async Task AddAsync(HttpContext context)
    {
        if (await DraftAsync(context) is not { } draft) return;
        var outcome = await checks.AddAsync(draft);
        if (outcome is Outcome.Done { Record.Check.Id: var id }) context.Response.Headers.Location = $"{Path}/{id}";
        await AnswerAsync(context, 201, outcome);
    }

    private async Task EditAsync(HttpContext context, string id)
    {
        if (await DraftAsync(context) is { } draft) await AnswerAsync(context, 200, await checks.EditAsync(id, draft));
    }

    private async Task MoveAsync(HttpContext context, string id, string verb) => await AnswerAsync(context, 200, await checks.MoveAsync(id, verb));

    private async Task RemoveAsync(HttpContext context, string id)
    {
        var outcome = await checks.RemoveAsync(id);
        if (outcome is Outcome.Done) context.Response.StatusCode = 204;
        else await AnswerAsync(context, 200, outcome);
    }

    private static async Task<CheckDraft?> DraftAsync(HttpContext context)
    {
        var problems = new Problems();
        try
        {
            var json = await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Readable.JsonElement, context.RequestAborted);
            var draft = CheckDraftReader.Read(json, problems);
            if (problems.None) return draft;
        }
        catch (JsonException e)
        {
            problems.Add("", $"the body is not JSON: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            // The parser looks at the form only; that a text is none comes out when it is read (RFC 8259 section 8).
            problems.Add("", "the body holds a text that is not Unicode");
        }

        await AnswerAsync(context, problems.Found);
        return null;
    }

    private Task AnswerAsync(HttpContext context, int done, Outcome outcome) => outcome switch
    {
        Outcome.Done { Record: var record } => Answers.JsonAsync(context, done, Show(record), ApiJson.Readable.WatchedCheck),
        Outcome.Invalid { Problems: var problems } => AnswerAsync(context, problems),
        Outcome.NotFound { Sentence: var sentence } => Answers.ProblemAsync(context, 404, "No such check", sentence),
        Outcome.Conflict { Sentence: var sentence } => Answers.ProblemAsync(context, 409, "Conflict", sentence),
        _ => throw new InvalidOperationException($"An outcome without an answer: {outcome}"),
    };

    private static Task AnswerAsync(HttpContext context, IReadOnlyList<Problem> problems) =>
        Answers.ProblemAsync(context, 400, "Invalid check", string.Join("; ", problems), problems);
}
