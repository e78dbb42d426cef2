using System.Globalization;
using System.Text.Json;

namespace Vedette.Cli.Rendering.Details;

/// <summary>A TLS server: each property with a mark and, where it fails, why; and then the certificates from the server's to the root with the days they have left.</summary>
internal static class TlsDetails
{
    private const int LongestName = 34;

    public static IEnumerable<string> Lines(JsonElement details, Palette palette, int? width)
    {
        if (!details.TryGetProperty("properties", out var properties)) yield break;
        var widest = properties.EnumerateObject().Max(property => property.Name.Length);
        foreach (var property in properties.EnumerateObject())
            foreach (var line in Lines(property, widest, palette, width)) yield return line;
        if (!details.TryGetProperty("chain", out var chain)) yield break;
        yield return "";
        foreach (var line in Links([.. chain.EnumerateArray()], palette)) yield return Columns.Cut(line, width);
        if (details.TryGetProperty("leftOut", out var leftOut)) yield return palette.Dim($"{leftOut} more");
    }

    private static IEnumerable<string> Lines(JsonProperty property, int widest, Palette palette, int? width)
    {
        var mark = property.Value.GetProperty("ok").ValueKind switch
        {
            JsonValueKind.True => palette.Of(Status.Up, "✔"),
            JsonValueKind.False => palette.Of(Status.Down, "✖"),
            _ => palette.Dim("·"),
        };
        var margin = new string(' ', widest + 4);
        string[] lines = [.. Text(property.Value, "what"), .. Text(property.Value, "why")];
        for (var i = 0; i < lines.Length; i++) yield return (i == 0 ? $"{mark} {palette.Dim(property.Name.PadRight(widest))}  " : margin) + lines[i];

        IEnumerable<string> Text(JsonElement of, string name) =>
            of.TryGetProperty(name, out var text) ? Columns.Wrap(Plain.Foreign(text.ToString()), width - margin.Length) : [];
    }

    private static IEnumerable<string> Links(JsonElement[] links, Palette palette)
    {
        var names = links.Select(link => Columns.Cut(Plain.Foreign(link.GetProperty("name").ToString()), LongestName)).ToArray();
        var left = links.Select(link => Left(link.GetProperty("daysLeft").GetDouble())).ToArray();
        for (var i = 0; i < links.Length; i++)
        {
            var origin = links[i].GetProperty("sent").GetBoolean() ? "sent" : "not sent";
            yield return $"{Columns.Pad(names[i], names.Max(Columns.Of))}  {left[i].PadLeft(left.Max(text => text.Length))}  {palette.Dim($"{Plain.Foreign(links[i].GetProperty("key").ToString())}, {origin}")}";
        }
    }

    private static string Left(double days) => days < 0
        ? string.Create(CultureInfo.InvariantCulture, $"expired {-days:0.#} days ago")
        : string.Create(CultureInfo.InvariantCulture, $"{days:0.#} days left");
}
