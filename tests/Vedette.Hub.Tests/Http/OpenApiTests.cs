using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using static Vedette.Hub.Tests.Samples;

namespace Vedette.Hub.Tests.Http;

public sealed class OpenApiTests : IAsyncLifetime
{
    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "PATCH"];

    private RunningHub hub = null!;
    private JsonNode document = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await RunningHub.StartAsync();
        document = (await hub.SendAsync("GET", "/openapi/v1.json")).Body!;
        await hub.SendAsync("POST", "/api/v1/checks", """{"id":"a","kind":"echo","target":"x:1","failAfter":1,"set":{"text":["x","y"]},"labels":{"team":"web"},"assert":["connect < 1"]}""");
        await using var agent = await TestAgent.JoinAsync(hub.Host);
        await agent.SendAsync(1, Run(Status.Down, 1, key: agent.Key("a"), details: """{"x":{}}"""));
        await agent.AcknowledgedAsync(1);
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Every_path_answers_the_methods_that_are_described_and_no_others()
    {
        var described = 0;
        foreach (var (path, operations) in document["paths"]!.AsObject())
            foreach (var method in Methods)
            {
                using var answer = await hub.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), Fill(path, "none")), HttpCompletionOption.ResponseHeadersRead);
                if (operations![method.ToLowerInvariant()] is not { } operation)
                {
                    answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed, $"{method} {path}");
                    answer.Content.Headers.Allow.Where(allowed => allowed != "HEAD").Order().ShouldBe(operations.AsObject().Select(entry => entry.Key.ToUpperInvariant()).Order());
                    continue;
                }

                described++;
                var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
                operation["responses"]!.AsObject().ShouldContainKey(status, $"{method} {path}");
                if (status == "404") path.ShouldContain("{id}");
            }

        described.ShouldBe(document["paths"]!.AsObject().Sum(path => path.Value!.AsObject().Count));
        described.ShouldBeGreaterThan(12);
    }

    [Fact]
    public void Operations_have_different_ids_and_every_reference_leads_somewhere()
    {
        var ids = All(document["paths"]!).OfType<JsonObject>().Select(node => node["operationId"]?.GetValue<string>()).OfType<string>().ToList();
        ids.ShouldBeUnique();
        ids.Count.ShouldBeGreaterThan(12);
        var references = All(document).OfType<JsonObject>().Select(node => node["$ref"]?.GetValue<string>()).OfType<string>().Distinct().ToList();
        references.Count.ShouldBeGreaterThan(8);
        foreach (var reference in references) Resolve(reference).ShouldNotBeNull(reference);
        foreach (var schema in document["components"]!["schemas"]!.AsObject()) if (schema.Key is not "RemovedCheck") references.ShouldContain($"#/components/schemas/{schema.Key}");
    }

    [Fact]
    public void Only_health_is_open()
    {
        foreach (var (path, operations) in document["paths"]!.AsObject())
            foreach (var (_, operation) in operations!.AsObject())
                (operation!["security"] is JsonArray { Count: 0 }).ShouldBe(path is "/healthz" or "/readyz", path);
        document["security"]!.ToJsonString().ShouldBe("""[{"token":[]}]""");
        document["components"]!["securitySchemes"]!["token"]!["scheme"]!.GetValue<string>().ShouldBe("bearer");
    }

    [Theory]
    [InlineData("GET", "/api/v1/checks", "/api/v1/checks", "200")]
    [InlineData("GET", "/api/v1/status", "/api/v1/status", "200")]
    [InlineData("GET", "/api/v1/status?brief=true", "/api/v1/status", "400")]
    [InlineData("GET", "/api/v1/ids", "/api/v1/ids", "200")]
    [InlineData("GET", "/api/v1/ids?begin=a", "/api/v1/ids", "400")]
    [InlineData("GET", "/api/v1/checks/a", "/api/v1/checks/{id}", "200")]
    [InlineData("GET", "/api/v1/checks/none", "/api/v1/checks/{id}", "404")]
    [InlineData("GET", "/api/v1/checks/a/results", "/api/v1/checks/{id}/results", "200")]
    [InlineData("GET", "/api/v1/checks/a/results?limit=x", "/api/v1/checks/{id}/results", "400")]
    [InlineData("GET", "/api/v1/export", "/api/v1/export", "200")]
    [InlineData("POST", "/api/v1/apply", "/api/v1/apply", "400")]
    [InlineData("POST", "/api/v1/checks/a/pause", "/api/v1/checks/{id}/pause", "200")]
    public async Task What_is_answered_is_what_is_described(string method, string path, string described, string status)
    {
        var response = document["paths"]![described]![method.ToLowerInvariant()]!["responses"]![status]!;
        response = response["$ref"] is { } reference ? Resolve(reference.GetValue<string>())! : response;
        var problems = new List<string>();
        Match(response["content"]!.AsObject().Single().Value!["schema"]!, (await hub.SendAsync(method, path)).Body, "", problems);
        problems.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_given_of_a_check_has_the_keys_that_are_read()
    {
        var problems = new Problems();
        var keys = document["components"]!["schemas"]!["CheckDraft"]!["properties"]!.AsObject().Select(property => property.Key).ToList();
        using var given = JsonDocument.Parse(new JsonObject(keys.Select(key => KeyValuePair.Create(key, (JsonNode?)null))).ToJsonString());
        CheckDraftReader.Read(given.RootElement, problems);
        problems.Found.ShouldAllBe(problem => !problem.Message.Contains("is not a key", StringComparison.Ordinal));
        keys.Count.ShouldBe(14);
    }

    private static string Fill(string path, string id) => path.Replace("{id}", id, StringComparison.Ordinal);

    private JsonNode? Resolve(string reference) => reference[2..].Split('/').Aggregate((JsonNode?)document, (node, step) => node?[step]);

    private static IEnumerable<JsonNode?> All(JsonNode? node) => node switch
    {
        JsonObject map => [map, .. map.SelectMany(entry => All(entry.Value))],
        JsonArray list => list.SelectMany(All),
        _ => [node],
    };

    // As much of JSON Schema as the document uses, and stricter: what is not described may not be there.
    private void Match(JsonNode schema, JsonNode? value, string path, List<string> problems)
    {
        if (schema["$ref"] is { } reference) schema = Resolve(reference.GetValue<string>())!;
        if (schema["anyOf"] is JsonArray any)
        {
            if (!any.Any(one => Problems(one!).Count == 0)) problems.AddRange(Problems(any[0]!));
            return;
        }

        var types = schema["type"] is JsonArray several ? [.. several.Select(type => type!.GetValue<string>())] : new[] { schema["type"]!.GetValue<string>() };
        if (!types.Contains(TypeOf(value)) && !(types.Contains("number") && TypeOf(value) == "integer")) problems.Add($"{path} is {TypeOf(value)} instead of {string.Join(" or ", types)}");
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) problems.Add($"{path} is {value}");
        if (value is JsonArray items && schema["items"] is { } item) for (var i = 0; i < items.Count; i++) Match(item, items[i], $"{path}[{i}]", problems);
        if (value is not JsonObject map || (schema["properties"] ?? schema["additionalProperties"]) is null) return;
        foreach (var name in schema["required"]?.AsArray() ?? []) if (!map.ContainsKey(name!.GetValue<string>())) problems.Add($"{path}.{name} is missing");
        foreach (var (name, inner) in map)
            if ((schema["properties"]?[name] ?? schema["additionalProperties"]) is { } described) Match(described, inner, $"{path}.{name}", problems);
            else problems.Add($"{path}.{name} is not described");

        List<string> Problems(JsonNode one)
        {
            var found = new List<string>();
            Match(one, value, path, found);
            return found;
        }
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.ToJsonString().Contains('.') ? "number" : "integer",
        _ => "boolean",
    };
}
