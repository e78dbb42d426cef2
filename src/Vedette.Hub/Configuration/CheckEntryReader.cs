using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vedette.Hub.Configuration;

/// <summary>
/// Reads one check of a configuration: the keys of the API, and besides them <c>lifecycle</c>, nulls for what is left out, and values of options
/// with where they were taken from, <c>{"value": ..., "env": NAME}</c>. A source without its value means the one that is stored.
/// </summary>
internal static class CheckEntryReader
{
    private const string LifecycleKey = "lifecycle";
    private const string OptionsKey = "set";

    private static readonly Dictionary<string, Lifecycle> Lifecycles = Enum.GetValues<Lifecycle>().ToDictionary(lifecycle => lifecycle.ToString().ToLowerInvariant());

    public static CheckEntry Read(JsonElement json, string path, Problems problems)
    {
        var found = new Problems();
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add(path, "a check is a map with the keys id, kind, target and others");
            return new CheckEntry(path, new CheckDraft(), null, NamedList<string>.Empty);
        }

        var sources = new List<KeyValuePair<string, string>>();
        Lifecycle? lifecycle = null;
        var plain = new JsonObject();
        foreach (var property in json.EnumerateObject())
            if (property.Value.ValueKind == JsonValueKind.Null) continue;
            else if (property.Name == LifecycleKey) lifecycle = ReadLifecycle(property.Value, found);
            else plain[property.Name] = property.Name == OptionsKey && property.Value.ValueKind == JsonValueKind.Object ? Options(property.Value, sources, found) : Copy(property.Value);
        var draft = CheckDraftReader.Read(JsonSerializer.SerializeToElement(plain, ApiJson.Readable.JsonObject), found);
        if (!plain.ContainsKey("id")) found.Add("id", "is missing; a configuration names each check, so that applying it again finds it");
        foreach (var problem in found.Found) problems.Add(problem.Path.Length == 0 ? path : Paths.Key(path, problem.Path), problem.Message);
        return new CheckEntry(path, draft, lifecycle, new NamedList<string>(sources));
    }

    private static Lifecycle? ReadLifecycle(JsonElement json, Problems problems)
    {
        var word = json.ValueKind == JsonValueKind.String ? json.GetString()! : json.GetRawText();
        if (Lifecycles.TryGetValue(word, out var lifecycle)) return lifecycle;
        problems.Add(LifecycleKey, $"'{word}' is not one of {string.Join(", ", Lifecycles.Keys)}");
        return null;
    }

    private static JsonObject Options(JsonElement json, List<KeyValuePair<string, string>> sources, Problems problems)
    {
        var options = new JsonObject();
        foreach (var property in json.EnumerateObject())
        {
            var path = Paths.Key(OptionsKey, property.Name);
            options[property.Name] = property.Value.ValueKind == JsonValueKind.Array
                ? new JsonArray([.. property.Value.EnumerateArray().Select((item, index) => Value(item, Paths.Item(path, index), CheckEntry.Place(property.Name, index), sources, problems))])
                : Value(property.Value, path, CheckEntry.Place(property.Name, 0), sources, problems);
        }

        return options;
    }

    private static JsonNode? Value(JsonElement json, string path, string place, List<KeyValuePair<string, string>> sources, Problems problems)
    {
        if (json.ValueKind != JsonValueKind.Object) return Copy(json);
        JsonNode? value = KindDescriptor.SecretMask;
        string? source = null;
        foreach (var property in json.EnumerateObject())
            if (property.Name == ConfigurationDocument.ValueKey) value = Copy(property.Value);
            else if (source is null && property.Name is SecretSource.Environment or SecretSource.File && property.Value.ValueKind == JsonValueKind.String) source = CheckEntry.Source(property.Name, property.Value.GetString()!);
            else return Refuse(path, problems);
        if (source is null) return Refuse(path, problems);
        sources.Add(new(place, source));
        return value;
    }

    private static JsonNode? Refuse(string path, Problems problems)
    {
        problems.Add(path, "is a map; give a text, { env: NAME } or { file: PATH }");
        return null;
    }

    private static JsonNode? Copy(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(json),
        JsonValueKind.Array => JsonArray.Create(json),
        _ => JsonValue.Create(json),
    };
}
