using Microsoft.AspNetCore.Http;
using Vedette.Hub.Checks;

namespace Vedette.Hub.Http;

/// <summary><c>GET /api/v1/ids</c>: for shells that complete an id, and wait for the answer with a finger on the key.</summary>
internal sealed class IdEndpoint(CheckRegistry registry)
{
    public const string Path = "/api/v1/ids";

    /// <summary>The most of one answer.</summary>
    public const int Most = 500;

    private static readonly string[] Keys = ["prefix"];

    /// <summary>
    /// Answers with the ids that begin with the prefix, in order. Of more than <see cref="Most"/> the last is there, too, in the place of those it
    /// leaves out: what the first and the last begin with, all begin with, and that is what a shell may add.
    /// </summary>
    public Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method)) return Answers.NotAllowedAsync(context, "GET");
        var problems = new Problems();
        ResultsQuery.RefuseUnknown(context.Request.Query, Keys, problems);
        if (!problems.None) return Answers.InvalidQueryAsync(context, problems);
        var fitting = registry.Beginning(context.Request.Query["prefix"].FirstOrDefault() ?? "");
        IEnumerable<CheckRecord> told = fitting.Count <= Most ? fitting : [.. fitting.Take(Most - 1), fitting[^1]];
        return Answers.JsonAsync(context, 200, told.Select(record => new ListedId(record.Check.Id, record.Check.Kind, record.Check.Target)), ApiJson.Readable.IEnumerableListedId);
    }
}
