using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vedette.Hub.Checks;
using Vedette.Hub.Configuration;

namespace Vedette.Hub.Http;

/// <summary><c>POST /api/v1/apply</c> and <c>GET /api/v1/export</c>: all checks as one document.</summary>
internal sealed class ConfigurationEndpoints(Applying applying, CheckRegistry registry, Catalogue catalogue)
{
    public const string ApplyPath = "/api/v1/apply";
    public const string ExportPath = "/api/v1/export";

    // 10,000 checks of 3 KiB each.
    private const int LargestBody = 32 << 20;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly string[] ApplyKeys = ["owner", "plan", "prune"];
    private static readonly string[] ExportKeys = ["owner"];

    /// <summary>Applies the document in the body.</summary>
    public async Task ApplyAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            await Answers.NotAllowedAsync(context, "POST");
            return;
        }

        var problems = new Problems();
        if (Terms(context.Request.Query, problems) is not { } terms)
        {
            await Answers.InvalidQueryAsync(context, problems);
            return;
        }

        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestBody;
        var document = await ReadAsync(context, problems);
        if (problems.None)
        {
            await AnswerAsync(context, await applying.ApplyAsync(document, terms));
            return;
        }

        // Mistakes of form are told with all others.
        applying.Validate(document, problems);
        await InvalidAsync(context, problems.Found);
    }

    /// <summary>Answers with the document that makes the checks, or those of one owner.</summary>
    public Task ExportAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method)) return Answers.NotAllowedAsync(context, "GET");
        var problems = new Problems();
        ResultsQuery.RefuseUnknown(context.Request.Query, ExportKeys, problems);
        if (!problems.None) return Answers.InvalidQueryAsync(context, problems);
        var owner = context.Request.Query["owner"].FirstOrDefault();
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Export.Write(registry.All.Where(record => owner is null || record.Origin.Owner == owner), catalogue), context.RequestAborted).AsTask();
    }

    private static ApplyTerms? Terms(IQueryCollection query, Problems problems)
    {
        ResultsQuery.RefuseUnknown(query, ApplyKeys, problems);
        var owner = query["owner"].FirstOrDefault() ?? "";
        if (Applying.RefuseOwner(owner) is { } refused) problems.Add("owner", refused);
        var terms = new ApplyTerms(owner, ResultsQuery.Flag(query, "plan", problems), ResultsQuery.Flag(query, "prune", problems));
        return problems.None ? terms : null;
    }

    private static async Task<ConfigurationDocument> ReadAsync(HttpContext context, Problems problems)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
            var document = ConfigurationDocument.Read(json.RootElement, problems);
            document.RefuseStorage(problems);
            return document;
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException { InnerException: InvalidOperationException })
        {
            // The parser looks at the form only; that a text is none comes out when it is read (RFC 8259 section 8).
            problems.Add("", "the body holds a text that is not Unicode");
        }
        catch (JsonException e)
        {
            problems.Add("", $"the body is not JSON: {e.Message}");
        }

        return new ConfigurationDocument(null, null);
    }

    private static Task AnswerAsync(HttpContext context, ApplyOutcome outcome) => outcome switch
    {
        ApplyOutcome.Done { Applied: var applied } => Answers.JsonAsync(context, 200, applied, ApiJson.Readable.AppliedConfiguration),
        ApplyOutcome.Invalid { Problems: var problems } => InvalidAsync(context, problems),
        ApplyOutcome.Conflict { Problems: var problems } => Answers.ProblemAsync(context, 409, "Conflict", string.Join("; ", problems), problems),
        _ => throw new InvalidOperationException($"An outcome without an answer: {outcome}"),
    };

    private static Task InvalidAsync(HttpContext context, IReadOnlyList<Problem> problems) =>
        Answers.ProblemAsync(context, 400, "Invalid configuration", string.Join("; ", problems), problems);
}
