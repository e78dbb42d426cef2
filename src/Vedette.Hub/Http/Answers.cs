using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Vedette.Hub.Http;

/// <summary>Ways to answer.</summary>
internal static class Answers
{
    public static async Task JsonAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    /// <summary>One line of text.</summary>
    public static Task TextAsync(HttpContext context, string line)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(line + "\n", context.RequestAborted);
    }

    /// <summary>An error as RFC 9457 problem details.</summary>
    public static Task ProblemAsync(HttpContext context, int status, string title, string detail, IReadOnlyList<Problem>? problems = null) =>
        JsonAsync(context, status, new ProblemReport("about:blank", title, status, detail, problems), ApiJson.Readable.ProblemReport, "application/problem+json");

    /// <summary>A query that will not do.</summary>
    public static Task InvalidQueryAsync(HttpContext context, Problems problems) => ProblemAsync(context, 400, "Invalid query", string.Join("; ", problems.Found), problems.Found);

    /// <summary>A method that is not for this path, with those that are.</summary>
    public static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return ProblemAsync(context, 405, "Method not allowed", $"here you can use {allowed}");
    }
}
