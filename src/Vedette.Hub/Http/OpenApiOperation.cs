using System.Text.Json.Nodes;

namespace Vedette.Hub.Http;

/// <summary>One thing that the API does, as the document describes it.</summary>
internal sealed record OpenApiOperation(string Method, string Path, string Id, string Summary)
{
    public JsonObject? Takes { get; init; }

    public JsonObject? Gives { get; init; }

    public string MediaType { get; init; } = "application/json";

    public int Status { get; init; } = 200;

    public int[] Problems { get; init; } = [];

    public Dictionary<string, JsonObject> Query { get; init; } = [];

    public bool IsOpen { get; init; }

    public static JsonObject Answer(string description, string mediaType, JsonObject schema) =>
        new() { ["description"] = description, ["content"] = new JsonObject { [mediaType] = new JsonObject { ["schema"] = schema } } };

    public JsonObject Describe()
    {
        var responses = new JsonObject { [$"{Status}"] = Gives is null ? new JsonObject { ["description"] = "Done." } : Answer("Done.", MediaType, Gives) };
        foreach (var status in IsOpen ? Problems : [.. Problems, 401]) responses[$"{status}"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        var described = new JsonObject { ["operationId"] = Id, ["summary"] = Summary, ["responses"] = responses };
        if (IsOpen) described["security"] = new JsonArray();
        if (Takes is not null) described["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = Takes } } };
        var parameters = new JsonArray();
        if (Path.Contains("{id}", StringComparison.Ordinal)) parameters.Add(Parameter("id", "path", OpenApiSchemas.Text("The check's id.")));
        foreach (var (name, schema) in Query) parameters.Add(Parameter(name, "query", schema));
        if (parameters.Count > 0) described["parameters"] = parameters;
        return described;
    }

    private static JsonObject Parameter(string name, string place, JsonObject schema) =>
        new() { ["name"] = name, ["in"] = place, ["required"] = place == "path", ["schema"] = schema };
}
