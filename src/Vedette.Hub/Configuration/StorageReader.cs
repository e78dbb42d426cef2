using System.Text.Json;

namespace Vedette.Hub.Configuration;

/// <summary>Reads the section <c>storage</c>.</summary>
internal static class StorageReader
{
    private static readonly string[] Keys = ["keep", "size"];

    public static StorageTerms Read(JsonElement json, Problems problems)
    {
        var terms = StorageTerms.None;
        if (json.ValueKind != JsonValueKind.Object)
        {
            problems.Add(ConfigurationDocument.StorageKey, $"must be a map with the keys {string.Join(" and ", Keys)}");
            return terms;
        }

        foreach (var property in json.EnumerateObject())
        {
            var path = Paths.Key(ConfigurationDocument.StorageKey, property.Name);
            if (!Keys.Contains(property.Name)) problems.Add(path, $"is not a key of storage; {Nearest.Hint(property.Name, Keys)}");
            else if (property.Value.ValueKind == JsonValueKind.Null) continue;
            else if (property.Name == "keep") terms = terms with { Keep = Keep(property.Value, path, problems) };
            else terms = terms with { Size = Size(property.Value, path, problems) };
        }

        return terms;
    }

    private static TimeSpan? Keep(JsonElement json, string path, Problems problems)
    {
        if (json.ValueKind != JsonValueKind.String || !Durations.TryParse(json.GetString(), out var keep)) problems.Add(path, $"{json.GetRawText()} is not a duration such as \"24h\" or \"30d\"");
        else if (keep < StorageTerms.ShortestKeep || keep > StorageTerms.LongestKeep)
            problems.Add(path, $"{Durations.Format(keep)} is outside {Durations.Format(StorageTerms.ShortestKeep)} to {Durations.Format(StorageTerms.LongestKeep)}");
        else return keep;
        return null;
    }

    private static long? Size(JsonElement json, string path, Problems problems)
    {
        if (json.ValueKind != JsonValueKind.String || !Sizes.TryParse(json.GetString(), out var size)) problems.Add(path, $"{json.GetRawText()} is not a size such as \"512MiB\" or \"1GiB\"");
        else if (size is < StorageTerms.LeastSize or > StorageTerms.MostSize)
            problems.Add(path, $"{Sizes.Format(size)} is outside {Sizes.Format(StorageTerms.LeastSize)} to {Sizes.Format(StorageTerms.MostSize)}");
        else return size;
        return null;
    }
}
