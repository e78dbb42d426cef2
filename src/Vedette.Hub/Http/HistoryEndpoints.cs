using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Vedette.History;
using Vedette.Hub.Checks;
using Vedette.Hub.Summaries;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Http;

/// <summary>What is known of the past of a check: <c>results</c>, <c>gaps</c> and <c>summary</c>.</summary>
internal sealed class HistoryEndpoints(HistoryReader history, Database database, TimeProvider time)
{
    private const int FlushedAt = 64 * 1024;

    private static readonly TimeSpan UsualSummary = TimeSpan.FromHours(24);
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public async Task AnswerAsync(HttpContext context, CheckRecord record, string what)
    {
        var problems = new Problems();
        var query = ResultsQuery.Read(context.Request.Query, time.GetUtcNow(), problems);
        if (!problems.None) await Answers.InvalidQueryAsync(context, problems);
        else await (what switch
        {
            "gaps" => Answers.JsonAsync<IReadOnlyList<Gap>>(context, 200, Gaps(query.Of(record)), ApiJson.Readable.IReadOnlyListGap),
            "summary" => Answers.JsonAsync(context, 200, Sum(record, query), ApiJson.Readable.CheckSummary),
            _ => ResultsAsync(context, record, query),
        });
    }

    private List<Gap> Gaps(HistoryQuery query) => database.Read(connection => GapTable.Of(connection, query));

    private CheckSummary Sum(CheckRecord record, ResultsQuery asked)
    {
        var now = time.GetUtcNow();
        var query = asked.Of(record) with { To = asked.To < now ? asked.To : now };
        if (asked.From == DateTimeOffset.UnixEpoch) query = query with { From = query.To - UsualSummary };
        return Summary.Of(record.Check.Id, record.LatencyPhase, query.From, query.To, history.Each(query), Gaps(query));
    }

    private async Task ResultsAsync(HttpContext context, CheckRecord record, ResultsQuery query)
    {
        if (query.Limit is not { } limit)
        {
            await StreamAsync(context, query.Before is { } end ? history.Each(query.Of(record)).TakeWhile(result => Place.Compare(Place.Of(result), end) < 0) : history.Each(query.Of(record)));
            return;
        }

        var results = history.Newest(query.Of(record), limit, query.Before);
        if (results.Count == limit) context.Response.Headers.Link = $"<{Before(context.Request, Place.Of(results[0]))}>; rel=\"next\"";
        await StreamAsync(context, results);
    }

    private static string Before(HttpRequest request, Place place)
    {
        var query = new QueryBuilder(request.Query.Where(pair => pair.Key != "before").SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value ?? ""))) { { "before", place.ToCursor() } };
        return $"{request.Path}{query}";
    }

    // A day of a check is more than anyone should hold at once.
    private static async Task StreamAsync(HttpContext context, IEnumerable<Result> results)
    {
        context.Response.ContentType = "application/json";
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, Readable);
        json.WriteStartArray();
        foreach (var result in results)
        {
            JsonSerializer.Serialize(json, result, ApiJson.Readable.Result);
            if (json.BytesPending < FlushedAt) continue;
            await json.FlushAsync(context.RequestAborted);
            await body.FlushAsync(context.RequestAborted);
        }

        json.WriteEndArray();
    }
}
