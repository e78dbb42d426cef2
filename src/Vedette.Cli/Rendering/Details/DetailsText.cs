using System.Text.Json;

namespace Vedette.Cli.Rendering.Details;

/// <summary>What a run saw that has more shape than numbers, written as people of that field read it. A kind that has such a form is one file beside this one and one line here.</summary>
internal static class DetailsText
{
    private static readonly Dictionary<string, Func<JsonElement, IEnumerable<string>>> Kinds = new()
    {
        ["dns"] = DnsDetails.Lines,
    };

    /// <summary>Lines without their ends, still with whatever characters the peer sent; none for a kind without a form of its own and for a run without details.</summary>
    public static IReadOnlyList<string> Lines(string kind, string? details)
    {
        if (details is null || !Kinds.TryGetValue(kind, out var lines)) return [];
        using var json = JsonDocument.Parse(details);
        return [.. lines(json.RootElement)];
    }
}
