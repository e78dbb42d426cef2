using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Vedette.History;
using Vedette.Hub.Checks;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Http;

/// <summary><c>/api/v1/checks</c> and everything below.</summary>
internal sealed class CheckEndpoints(CheckService checks, CheckRegistry registry, Database database, Catalogue catalogue, TimeProvider time)
{
    private const int MostResults = 10_000;
    private const int DefaultResults = 100;

    public Task AnswerAsync(HttpContext context, PathString rest)
    {
        var segments = (rest.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var method = context.Request.Method;
        return segments switch
        {
            [] when method == "GET" => Answers.JsonAsync<IReadOnlyList<WatchedCheck>>(context, 200, [.. registry.All.Select(Show)], ApiJson.Default.IReadOnlyListWatchedCheck),
            [] when method == "POST" => AddAsync(context),
            [] => Answers.NotAllowedAsync(context, "GET, POST"),
            [var id] when method == "GET" => ShowAsync(context, id),
            [var id] when method == "PATCH" => EditAsync(context, id),
            [var id] when method == "DELETE" => RemoveAsync(context, id),
            [_] => Answers.NotAllowedAsync(context, "GET, PATCH, DELETE"),
            [var id, "pause" or "resume" or "stop" or "start"] when method == "POST" => MoveAsync(context, id, segments[1]),
            [_, "pause" or "resume" or "stop" or "start"] => Answers.NotAllowedAsync(context, "POST"),
            [var id, "results"] when method == "GET" => ResultsAsync(context, id),
            [_, "results"] => Answers.NotAllowedAsync(context, "GET"),
            _ => Answers.ProblemAsync(context, 404, "Not found", $"there is nothing at {context.Request.Path}"),
        };
    }

    private WatchedCheck Show(CheckRecord record) => record.Show(catalogue, time.GetUtcNow());

    private Task ShowAsync(HttpContext context, string id) => registry.Find(id) is { } record
        ? Answers.JsonAsync(context, 200, Show(record), ApiJson.Default.WatchedCheck)
        : Answers.ProblemAsync(context, 404, "No such check", checks.NoSuch(id));

    private async Task AddAsync(HttpContext context)
    {
        if (await DraftAsync(context) is { } draft) await AnswerAsync(context, 201, await checks.AddAsync(draft));
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
            var json = await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Default.JsonElement, context.RequestAborted);
            var draft = CheckDraftReader.Read(json, problems);
            if (problems.None) return draft;
        }
        catch (JsonException e)
        {
            problems.Add("", $"the body is not JSON: {e.Message}");
        }

        await AnswerAsync(context, problems.Found);
        return null;
    }

    private Task AnswerAsync(HttpContext context, int done, Outcome outcome) => outcome switch
    {
        Outcome.Done { Record: var record } => Answers.JsonAsync(context, done, Show(record), ApiJson.Default.WatchedCheck),
        Outcome.Invalid { Problems: var problems } => AnswerAsync(context, problems),
        Outcome.NotFound { Sentence: var sentence } => Answers.ProblemAsync(context, 404, "No such check", sentence),
        Outcome.Conflict { Sentence: var sentence } => Answers.ProblemAsync(context, 409, "Conflict", sentence),
        _ => throw new InvalidOperationException($"An outcome without an answer: {outcome}"),
    };

    private static Task AnswerAsync(HttpContext context, IReadOnlyList<Problem> problems) =>
        Answers.ProblemAsync(context, 400, "Invalid check", string.Join("; ", problems), problems);

    private async Task ResultsAsync(HttpContext context, string id)
    {
        if (registry.Find(id) is not { } record)
        {
            await Answers.ProblemAsync(context, 404, "No such check", checks.NoSuch(id));
            return;
        }

        var problems = new Problems();
        var query = context.Request.Query;
        var to = At(query["to"].FirstOrDefault(), "to", problems) ?? DateTimeOffset.MaxValue;
        var from = At(query["from"].FirstOrDefault(), "from", problems) ?? Since(query["last"].FirstOrDefault(), problems);
        var limit = Limit(query["limit"].FirstOrDefault(), problems);
        var status = Only(query["status"].FirstOrDefault(), problems);
        if (!problems.None)
        {
            await Answers.ProblemAsync(context, 400, "Invalid query", string.Join("; ", problems.Found), problems.Found);
            return;
        }

        var results = database.Read(connection => HistoryReader.Newest(connection, record.Key, id, from, to, limit, status));
        await Answers.JsonAsync<IReadOnlyList<Result>>(context, 200, results, ApiJson.Default.IReadOnlyListResult);
    }

    private DateTimeOffset Since(string? last, Problems problems)
    {
        if (last is null) return DateTimeOffset.UnixEpoch;
        if (Durations.TryParse(last, out var duration)) return time.GetUtcNow() - duration;
        problems.Add("last", $"'{last}' is not a duration such as 10m or 1h");
        return default;
    }

    private static DateTimeOffset? At(string? text, string name, Problems problems)
    {
        if (text is null) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
        problems.Add(name, $"'{text}' is not a time such as 2026-01-01T00:00:00Z");
        return null;
    }

    private static int Limit(string? text, Problems problems)
    {
        if (text is null) return DefaultResults;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostResults) return limit;
        problems.Add("limit", $"'{text}' is not a whole number from 1 to {MostResults}");
        return DefaultResults;
    }

    private static Status? Only(string? text, Problems problems)
    {
        if (text is null) return null;
        foreach (var status in Enum.GetValues<Status>())
            if (string.Equals(text, status.ToString(), StringComparison.OrdinalIgnoreCase)) return status;
        problems.Add("status", $"'{text}' is not a status; known are: up, degraded, down, unknown");
        return null;
    }
}
