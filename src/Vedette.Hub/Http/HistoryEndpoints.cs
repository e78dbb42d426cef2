using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Vedette.History;
using Vedette.Hub.Agents;
using Vedette.Hub.Checks;
using Vedette.Hub.Ingest;
using Vedette.Hub.Summaries;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Http;

/// <summary>What is known of the past of a check: <c>results</c>, <c>gaps</c> and <c>summary</c>.</summary>
internal sealed class HistoryEndpoints(HistoryReader history, Database database, AgentLinks links, TimeProvider time)
{
    private static readonly TimeSpan UsualSummary = TimeSpan.FromHours(24);

    public async Task AnswerAsync(HttpContext context, CheckRecord record, string what)
    {
        var problems = new Problems();
        var query = ResultsQuery.Read(context.Request.Query, time.GetUtcNow(), ofResults: what is "results", problems);
        if (!problems.None) await Answers.InvalidQueryAsync(context, problems);
        else await (what switch
        {
            "gaps" => Answers.JsonAsync<IReadOnlyList<Gap>>(context, 200, Gaps(record, query.Of(record)), ApiJson.Readable.IReadOnlyListGap),
            "summary" => Answers.JsonAsync(context, 200, Sum(record, query), ApiJson.Readable.CheckSummary),
            _ => ResultsAsync(context, record, query),
        });
    }

    // Those that are over, and those that go on; the run that ends one may have been stored a moment ago.
    private List<Gap> Gaps(CheckRecord record, HistoryQuery query)
    {
        var over = database.Read(connection => GapTable.Of(connection, query));
        var open = GapSearch.Open(record, time.GetUtcNow(), links.IsConnected)
            .Where(gap => (query.Agent ?? gap.Agent) == gap.Agent && gap.To >= query.From && gap.From <= query.To && !over.Exists(other => other.Agent == gap.Agent && other.To >= gap.From));
        return [.. over.Concat(open).OrderBy(gap => gap.To).ThenBy(gap => gap.Agent, StringComparer.Ordinal)];
    }

    private CheckSummary Sum(CheckRecord record, ResultsQuery asked)
    {
        var now = time.GetUtcNow();
        var to = asked.To < now ? asked.To : now;
        if (to < DateTimeOffset.UnixEpoch) to = DateTimeOffset.UnixEpoch;
        var query = asked.Of(record) with { From = asked.From ?? to - UsualSummary, To = to };
        return Summary.Of(record.Check.Id, record.LatencyPhase, query.From, query.To, history.Each(query), Gaps(record, query));
    }

    private Task ResultsAsync(HttpContext context, CheckRecord record, ResultsQuery query)
    {
        if (query.Limit is not { } limit) return StreamAsync(context, query.Before is { } end ? history.Each(query.Of(record)).TakeWhile(result => Place.Compare(Place.Of(result), end) < 0) : history.Each(query.Of(record)));
        var results = history.Newest(query.Of(record), limit, query.Before);
        if (results.Count == limit) context.Response.Headers.Link = $"<{Before(context.Request, Place.Of(results[0]))}>; rel=\"next\"";
        return StreamAsync(context, results);
    }

    private static string Before(HttpRequest request, Place place)
    {
        var query = new QueryBuilder(request.Query.Where(pair => pair.Key != "before").SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value ?? ""))) { { "before", place.ToCursor() } };
        return $"{request.Path}{query}";
    }

    // A day of a check is more than anyone should hold at once: no more is read than goes out.
    private static Task StreamAsync(HttpContext context, IEnumerable<Result> results) => Answers.JsonAsync(context, 200, results, ApiJson.Readable.IEnumerableResult);
}
