using System.Text.Json.Nodes;

namespace Vedette.Cli.Hub;

/// <summary>Writes a draft as <see cref="CheckDraftReader"/> reads it: only what was given.</summary>
internal static class DraftJson
{
    public static string Write(CheckDraft draft)
    {
        var json = new JsonObject();
        if (draft.Id is { } id) json["id"] = id;
        if (draft.Kind is { } kind) json["kind"] = kind;
        if (draft.Target is { } target) json["target"] = target;
        if (draft.Name is { } name) json["name"] = name;
        if (draft.Interval is { } interval) json["every"] = Durations.Format(interval);
        if (draft.Timeout is { } timeout) json["timeout"] = Durations.Format(timeout);
        if (draft.Parameters.Count > 0) json["set"] = new JsonObject(draft.Parameters.Select(entry => KeyValuePair.Create(entry.Key, entry.Value is { } values ? (JsonNode?)List(values) : null)));
        if (draft.Assertions is { } assertions) json["assert"] = List(assertions);
        if (draft.Agents is { } agents) json["agents"] = List(agents);
        if (draft.FailAfter is { } failAfter) json["failAfter"] = failAfter;
        if (draft.RecoverAfter is { } recoverAfter) json["recoverAfter"] = recoverAfter;
        if (draft.DownWhen is { } downWhen) json["downWhen"] = downWhen;
        if (draft.DependsOn is { } dependsOn) json["dependsOn"] = List(dependsOn);
        if (draft.Labels.Count > 0) json["labels"] = new JsonObject(draft.Labels.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));
        return json.ToJsonString();
    }

    private static JsonArray List(IEnumerable<string> texts) => new JsonArray([.. texts.Select(text => (JsonNode?)text)]);
}
