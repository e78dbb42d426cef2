using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Vedette.Hub.Configuration;

namespace Vedette.Hub.Http;

/// <summary>The JSON schemas of what the API takes and gives, made from the records that are serialized.</summary>
internal static class OpenApiSchemas
{
    /// <summary>What is applied and exported.</summary>
    public const string ConfigurationName = "Configuration";

    private static readonly Type[] Named =
    [
        typeof(Check), typeof(WatchedCheck), typeof(CheckLine), typeof(CheckStatus), typeof(AgentStatus), typeof(RecentRun), typeof(Result), typeof(Gap), typeof(CheckSummary), typeof(Outage), typeof(Verification),
        typeof(DamagedPiece), typeof(RemovedCheck), typeof(ListedId), typeof(ProblemReport), typeof(Problem), typeof(Status), typeof(Lifecycle), typeof(AppliedConfiguration), typeof(AppliedStep), typeof(StepAction), typeof(ValueChange),
    ];

    private static readonly JsonSchemaExporterOptions Options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    /// <summary>All of them by name.</summary>
    public static JsonObject All()
    {
        var schemas = new JsonObject();
        foreach (var type in Named) schemas[type.Name] = ApiJson.Readable.GetTypeInfo(type)!.GetJsonSchemaAsNode(Options);
        schemas[nameof(CheckDraft)] = Draft(schemas[nameof(Check)]!["properties"]!);
        schemas[ConfigurationName] = Configuration(schemas[nameof(CheckDraft)]!);
        return schemas;
    }

    /// <summary>Refers to one.</summary>
    public static JsonObject Ref(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    /// <summary>Many of one.</summary>
    public static JsonObject ListOf(string name) => new() { ["type"] = "array", ["items"] = Ref(name) };

    /// <summary>A text, and what it means.</summary>
    public static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    // What is given of a check: the same keys, none of them needed by itself, and values as people write them.
    private static JsonObject Draft(JsonNode check)
    {
        var properties = (JsonObject)check.DeepClone();
        properties["name"] = new JsonObject { ["type"] = new JsonArray("string", "null") };
        properties["set"] = MapOf(new() { ["anyOf"] = new JsonArray(Scalar("null"), new JsonObject { ["type"] = "array", ["items"] = Scalar() }) });
        properties["labels"] = MapOf(Scalar("null"));
        properties["downWhen"] = Scalar();
        foreach (var list in (string[])["assert", "agents", "dependsOn"]) properties[list] = new JsonObject { ["type"] = "array", ["items"] = Scalar() };
        return new() { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
    }

    // A check of a configuration may also say where it is in its life, and where the values of its options were taken from.
    private static JsonObject Configuration(JsonNode draft)
    {
        var check = (JsonObject)draft.DeepClone();
        var properties = check["properties"]!;
        properties["lifecycle"] = Ref(nameof(Lifecycle));
        var source = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["value"] = Scalar(), ["env"] = new JsonObject { ["type"] = "string" }, ["file"] = new JsonObject { ["type"] = "string" } },
            ["additionalProperties"] = false,
            ["description"] = "A secret with where it was taken from; without its value, the one that is stored.",
        };
        var option = new JsonArray(Scalar("null"), source, new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["anyOf"] = new JsonArray(Scalar(), source.DeepClone()) } });
        properties["set"] = MapOf(new() { ["anyOf"] = option });
        check["required"] = new JsonArray("id", "kind", "target");
        return new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { [ConfigurationDocument.ChecksKey] = new JsonObject { ["type"] = "array", ["items"] = check } },
            ["additionalProperties"] = false,
        };
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var nullable = Nullable.GetUnderlyingType(context.TypeInfo.Type);
        var type = nullable ?? context.TypeInfo.Type;
        var isNullable = nullable is not null || context.PropertyInfo is { IsGetNullable: true };
        if (!context.Path.IsEmpty && Named.Contains(type)) return isNullable ? new JsonObject { ["anyOf"] = new JsonArray(Ref(type.Name), new JsonObject { ["type"] = "null" }) } : Ref(type.Name);
        if (context.PropertyInfo?.CustomConverter is RawJsonConverter) return new JsonObject { ["type"] = "object" };
        if (Converted(type) is { } converted)
        {
            if (isNullable) converted["type"] = new JsonArray((string?)converted["type"], "null");
            return converted;
        }

        // Every property is always written.
        if (schema is JsonObject && schema["properties"] is JsonObject properties) schema["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]);
        if (type.IsEnum) schema["type"] = "string";
        return schema;
    }

    // What is written by a converter of our own, which the exporter cannot look into.
    private static JsonObject? Converted(Type type) =>
        type == typeof(TimeSpan) ? new() { ["type"] = "string", ["pattern"] = @"^[0-9.]+(us|ms|s|m|h|d)$", ["description"] = "A duration such as 20ms, 2s or 1m." }
        : type == typeof(DateTimeOffset) ? new() { ["type"] = "string", ["format"] = "date-time", ["description"] = "UTC, to the millisecond." }
        : type == typeof(NamedList<double>) ? MapOf(new() { ["type"] = "number" })
        : type == typeof(NamedList<string>) ? MapOf(new() { ["type"] = "string" })
        : type == typeof(Parameters) ? MapOf(new() { ["type"] = new JsonArray("string", "array"), ["items"] = new JsonObject { ["type"] = "string" } })
        : null;

    private static JsonObject MapOf(JsonObject value) => new() { ["type"] = "object", ["additionalProperties"] = value };

    private static JsonObject Scalar(params ReadOnlySpan<string> more)
    {
        var types = new JsonArray("string", "number", "boolean");
        foreach (var type in more) types.Add(type);
        return new() { ["type"] = types };
    }
}
