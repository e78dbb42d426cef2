using System.Collections.Immutable;
using System.Text.Json;

namespace Vedette;

/// <summary>Reads a draft from JSON, refusing unknown keys by name and reporting every problem with its path.</summary>
public static class CheckDraftReader
{
    /// <summary>The keys it knows.</summary>
    public static readonly IReadOnlyList<string> Keys =
        ["id", "kind", "target", "name", "every", "timeout", "set", "assert", "agents", "failAfter", "recoverAfter", "downWhen", "dependsOn", "labels"];

    /// <summary>Reads an object; what could not be read is left out and added to the problems.</summary>
    public static CheckDraft Read(JsonElement json, Problems problems)
    {
        var draft = new CheckDraft();
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add("", "a check is a JSON object");
            return draft;
        }

        foreach (var property in json.EnumerateObject())
            draft = Apply(draft, property.Name, property.Value, problems);
        return draft;
    }

    private static CheckDraft Apply(CheckDraft draft, string key, JsonElement value, Problems problems) => key switch
    {
        "id" => draft with { Id = Scalar(value, key, problems) },
        "kind" => draft with { Kind = Scalar(value, key, problems) },
        "target" => draft with { Target = Scalar(value, key, problems) },
        "name" => draft with { Name = value.ValueKind == JsonValueKind.Null ? "" : Scalar(value, key, problems) },
        "every" => draft with { Interval = Duration(value, key, problems) },
        "timeout" => draft with { Timeout = Duration(value, key, problems) },
        "set" => draft with { Parameters = Entries(value, key, problems, Values) },
        "assert" => draft with { Assertions = Texts(value, key, problems) },
        "agents" => draft with { Agents = Texts(value, key, problems) },
        "failAfter" => draft with { FailAfter = Integer(value, key, problems) },
        "recoverAfter" => draft with { RecoverAfter = Integer(value, key, problems) },
        "downWhen" => draft with { DownWhen = Scalar(value, key, problems) },
        "dependsOn" => draft with { DependsOn = Texts(value, key, problems) },
        "labels" => draft with { Labels = Entries(value, key, problems, Scalar) },
        _ => Unknown(draft, key, problems),
    };

    private static CheckDraft Unknown(CheckDraft draft, string key, Problems problems)
    {
        problems.Add(key, $"is not a key of a check; {Nearest.Hint(key, Keys)}");
        return draft;
    }

    private static TimeSpan? Duration(JsonElement value, string path, Problems problems)
    {
        if (value.ValueKind == JsonValueKind.String && Durations.TryParse(value.GetString(), out var duration)) return duration;
        problems.Add(path, $"{value.GetRawText()} is not a duration such as \"20ms\", \"2s\" or \"1m\"");
        return null;
    }

    private static int? Integer(JsonElement value, string path, Problems problems)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)) return number;
        problems.Add(path, $"{value.GetRawText()} is not a whole number");
        return null;
    }

    private static List<string>? Texts(JsonElement value, string path, Problems problems)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray().Select((item, index) => Scalar(item, $"{path}[{index}]", problems)).OfType<string>()];
        problems.Add(path, "must be a list");
        return null;
    }

    private static string? Scalar(JsonElement value, string path, Problems problems)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String: return value.GetString();
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False: return value.GetRawText();
            default:
                problems.Add(path, "must be a text, a number, true or false");
                return null;
        }
    }

    private static ImmutableArray<string>? Values(JsonElement value, string path, Problems problems) =>
        value.ValueKind == JsonValueKind.Array
            ? Texts(value, path, problems)?.ToImmutableArray()
            : Scalar(value, path, problems) is { } single ? [single] : null;

    private static Dictionary<string, T> Entries<T>(JsonElement value, string path, Problems problems, Func<JsonElement, string, Problems, T> read)
    {
        var entries = new Dictionary<string, T>();
        if (value.ValueKind != JsonValueKind.Object) problems.Add(path, "must be an object");
        else
            foreach (var property in value.EnumerateObject())
                entries[property.Name] = property.Value.ValueKind == JsonValueKind.Null ? default! : read(property.Value, $"{path}.{property.Name}", problems);
        return entries;
    }
}
