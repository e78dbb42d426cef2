using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Vedette.Hub.Http;

/// <summary><c>GET /openapi/v1.json</c>: what this hub answers, as an OpenAPI 3.1 document.</summary>
internal static class OpenApiDocument
{
    public const string Path = "/openapi/v1.json";

    private static readonly byte[] Document = Encoding.UTF8.GetBytes(Make().ToJsonString());

    public static async Task SendAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await Answers.NotAllowedAsync(context, "GET");
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Document, context.RequestAborted);
    }

    private static JsonObject Make()
    {
        var paths = new JsonObject();
        foreach (var operation in OpenApiOperations.All)
        {
            if (!paths.ContainsKey(operation.Path)) paths[operation.Path] = new JsonObject();
            paths[operation.Path]![operation.Method] = operation.Describe();
        }

        return new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Vedette", ["version"] = typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0] },
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = $"The content of {AdminToken.FileName} in the data directory." } },
                ["responses"] = new JsonObject { ["Problem"] = OpenApiOperation.Answer("Why not (RFC 9457).", "application/problem+json", OpenApiSchemas.Ref(nameof(ProblemReport))) },
                ["schemas"] = OpenApiSchemas.All(),
            },
        };
    }
}
