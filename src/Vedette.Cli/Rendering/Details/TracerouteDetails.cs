using System.Globalization;
using System.Text.Json;

namespace Vedette.Cli.Rendering.Details;

/// <summary>
/// The way to a host: a line a hop with who answered, the mean round trip and a bar of it, and below it what else is to be said. Hops in a row that did
/// not answer are one line.
/// </summary>
internal static class TracerouteDetails
{
    private const int WidestBar = 30;
    private const int NarrowestBar = 6;
    private const int RttWidth = 7;

    public static IEnumerable<string> Lines(JsonElement details, Palette palette, int? width)
    {
        if (!details.TryGetProperty("hops", out var array)) return [];
        var rows = Rows([.. array.EnumerateArray().Select(Hop.Read)]).ToList();
        if (rows.Count == 0) return [];
        var (number, address) = (rows.Max(row => row.Number.Length), rows.Max(row => row.Addresses.Max(Columns.Of)));
        var slowest = rows.Max(row => row.Mean ?? 0);
        var bar = Math.Clamp((width ?? int.MaxValue) - number - address - RttWidth - 6 - rows.Max(row => row.Answered.Length), NarrowestBar, WidestBar);
        return rows.SelectMany(row => Write(row, number, address, slowest, bar, palette)).Select(line => Columns.Cut(line.TrimEnd(), width));
    }

    private static IEnumerable<string> Write(Row row, int number, int address, double slowest, int bar, Palette palette)
    {
        var line = $"{palette.Dim(row.Number.PadLeft(number))}  ";
        if (row.Mean is not { } mean) yield return line + palette.Dim(row.Addresses[0]);
        else
        {
            // A round trip of any length is seen to be one.
            var drawn = Columns.Pad(ResultText.Bar(0, slowest > 0 ? mean / slowest : 0, bar), bar);
            yield return $"{line}{Columns.Pad(row.Addresses[0], address)}  {Plain.Seconds(mean),RttWidth}  {palette.Bar(drawn)}{palette.Dim(row.Answered)}";
        }

        var margin = new string(' ', number + 2);
        foreach (var also in row.Addresses.Skip(1)) yield return margin + also;
        foreach (var note in row.Notes) yield return margin + palette.Dim(note);
    }

    private static IEnumerable<Row> Rows(List<Hop> hops)
    {
        for (var i = 0; i < hops.Count; i++)
        {
            var first = i;
            while (hops[first].IsSilent && i + 1 < hops.Count && hops[i + 1].IsSilent) i++;
            yield return hops[i].IsSilent ? Silent(hops[first].Distance, hops[i].Distance) : Answering(hops[i]);
        }
    }

    private static Row Silent(int first, int last) =>
        new(first == last ? Text(first) : $"{Text(first)}-{Text(last)}", ["no answer"], null, "", []);

    private static Row Answering(Hop hop)
    {
        var answered = hop.Rtts.Count < hop.Sent ? $"  {Text(hop.Rtts.Count)} of {Text(hop.Sent)}" : "";
        return new(Text(hop.Distance), hop.Addresses, hop.Rtts.Count > 0 ? hop.Rtts.Average() : 0, answered, hop.Labels.Count > 0 ? [$"MPLS {string.Join(", ", hop.Labels)}"] : []);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Row(string Number, IReadOnlyList<string> Addresses, double? Mean, string Answered, IReadOnlyList<string> Notes);

    private sealed record Hop(int Distance, IReadOnlyList<string> Addresses, int Sent, IReadOnlyList<double> Rtts, IReadOnlyList<string> Labels)
    {
        public bool IsSilent => Addresses.Count == 0;

        public static Hop Read(JsonElement hop) => new(
            hop.GetProperty("ttl").GetInt32(),
            [.. hop.GetProperty("addresses").EnumerateArray().Select(address => Plain.Foreign(address.ToString()))],
            hop.GetProperty("sent").GetInt32(),
            [.. hop.GetProperty("rtts").EnumerateArray().Select(rtt => rtt.GetDouble())],
            hop.TryGetProperty("mpls", out var labels) ? [.. labels.EnumerateArray().Select(label => label.GetProperty("label").ToString())] : []);
    }
}
