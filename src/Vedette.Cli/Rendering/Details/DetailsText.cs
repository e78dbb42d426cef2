using System.Text.Json;

namespace Vedette.Cli.Rendering.Details;

/// <summary>What a run saw that has more shape than numbers, written as people of that field read it. A kind that has such a form is one file beside this one and one line here.</summary>
internal static class DetailsText
{
    private static readonly Dictionary<string, Func<JsonElement, Palette, int?, IEnumerable<string>>> Kinds = new()
    {
        ["dns"] = Plainly(DnsDetails.Lines),
        ["ntp"] = Plainly(NtpDetails.Lines),
        ["udp"] = Plainly(UdpDetails.Lines),
        ["traceroute"] = TracerouteDetails.Lines,
        ["tls"] = TlsDetails.Lines,
    };

    /// <summary>Lines without their ends; none for a kind without a form of its own and for a run without details.</summary>
    /// <param name="kind">The kind of check.</param>
    /// <param name="details">JSON text.</param>
    /// <param name="palette">For what it colours.</param>
    /// <param name="width">The columns there are; null for any.</param>
    public static IReadOnlyList<string> Lines(string kind, string? details, Palette palette, int? width)
    {
        if (details is null || !Kinds.TryGetValue(kind, out var lines)) return [];
        using var json = JsonDocument.Parse(details);
        return [.. lines(json.RootElement, palette, width)];
    }

    /// <summary>The same without colours, as wide as it comes.</summary>
    public static IReadOnlyList<string> Lines(string kind, string? details) => Lines(kind, details, new Palette(colours: false), width: null);

    private static Func<JsonElement, Palette, int?, IEnumerable<string>> Plainly(Func<JsonElement, IEnumerable<string>> lines) =>
        (details, _, _) => lines(details).Select(Plain.Foreign);
}
