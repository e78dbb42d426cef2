using System.Text.Json;

namespace Vedette.Hub.Configuration;

/// <summary>What a configuration says, read from JSON; valid only as far as its form goes.</summary>
/// <param name="Checks">The checks in their order; null when it does not speak of checks at all.</param>
/// <param name="Storage">How much is kept; null when it does not say.</param>
internal sealed record ConfigurationDocument(IReadOnlyList<CheckEntry>? Checks, StorageTerms? Storage)
{
    public const string ChecksKey = "checks";
    public const string StorageKey = "storage";

    /// <summary>Under this an option has its value beside the <c>env</c> or <c>file</c> it was taken from.</summary>
    public const string ValueKey = "value";

    private static readonly string[] Later = ["agents", "services", "routes", "alerts", "channels"];
    private static readonly string[] Keys = [ChecksKey, StorageKey];

    /// <summary>Reads one. What could not be read is left out and added to the problems.</summary>
    public static ConfigurationDocument Read(JsonElement json, Problems problems)
    {
        var document = new ConfigurationDocument(null, null);
        if (json.ValueKind == JsonValueKind.Null) return document;
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add("", $"a configuration is a map with the keys {string.Join(" and ", Keys)}");
            return document;
        }

        foreach (var (key, value) in json.EnumerateObject().Select(property => (property.Name, property.Value)))
            if (Later.Contains(key)) problems.Add(key, "is not in this version; leave the section out");
            else if (!Keys.Contains(key)) problems.Add(key, $"is not a section of a configuration; {Nearest.Hint(key, Keys)}");
            else if (value.ValueKind == JsonValueKind.Null) continue;
            else if (key == ChecksKey) document = document with { Checks = ReadChecks(value, problems) };
            else document = document with { Storage = StorageReader.Read(value, problems) };
        return document;
    }

    /// <summary>Adds what is wrong with a section that only the hub's own file may have.</summary>
    public void RefuseStorage(Problems problems)
    {
        if (Storage is not null) problems.Add(StorageKey, "is what a hub is started with; give this file to it with: vedette up --config FILE");
    }

    private static List<CheckEntry> ReadChecks(JsonElement json, Problems problems)
    {
        var entries = new List<CheckEntry>();
        if (json.ValueKind != JsonValueKind.Array)
        {
            problems.Add(ChecksKey, "must be a list");
            return entries;
        }

        var first = new Dictionary<string, int>();
        foreach (var item in json.EnumerateArray())
        {
            var path = Paths.Item(ChecksKey, entries.Count);
            var entry = CheckEntryReader.Read(item, path, problems);
            entries.Add(entry);
            if (entry.Draft.Id is not { } id) continue;
            if (!first.TryAdd(id, entries.Count - 1)) problems.Add(Paths.Key(path, "id"), $"'{id}' is the id of {Paths.Item(ChecksKey, first[id])} already; give each check its own");
        }

        return entries;
    }
}
