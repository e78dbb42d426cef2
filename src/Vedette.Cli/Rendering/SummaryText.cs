using System.Globalization;
using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>What a time was like for a check, for people.</summary>
internal sealed class SummaryText(Palette palette, int? width, TimeProvider time)
{
    private const int NameWidth = 14;

    public string Render(CheckSummary summary)
    {
        var text = new StringBuilder();
        Line(text, $"{palette.Strong(summary.Check)}  {palette.Dim($"{Plain.Span(summary.To - summary.From)} until {Plain.Clock(summary.To, time)}")}");
        text.Append('\n');
        Entry(text, "availability", summary.Availability is { } available ? $"{Percent(available)}  {Runs(summary)}" : "nothing was measured");
        Entry(text, "coverage", summary.Coverage is { } covered ? $"{Percent(covered)}{Missing(summary)}" : "there was no slot to measure in");
        if (summary.MeanSeconds is { } mean)
            Entry(text, "latency", $"mean {Plain.Seconds(mean)}, p50 {Plain.Seconds(summary.P50Seconds!.Value)}, p95 {Plain.Seconds(summary.P95Seconds!.Value)}, p99 {Plain.Seconds(summary.P99Seconds!.Value)}");
        Entry(text, "longest outage", summary.LongestOutage is { } outage ? Describe(outage) : "none");
        text.Append('\n');
        foreach (var line in Columns.Wrap(summary.Rule, width - 2)) Line(text, palette.Dim($"  {line}"));
        return text.ToString();
    }

    private static string Runs(CheckSummary summary) => string.Join(", ", new[]
    {
        (summary.Up, "up"), (summary.Degraded, "degraded"), (summary.Down, "down"), (summary.Unknown, "unknown"),
    }.Where(count => count.Item1 > 0).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Item1} {count.Item2}")));

    private static string Missing(CheckSummary summary) => summary.MissingSlots == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"  {summary.MissingSlots} {(summary.MissingSlots == 1 ? "slot" : "slots")} without a run");

    // So many digits that what is not quite all never reads as all.
    private static string Percent(double share) => share is 1 or 0
        ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0} %")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(Math.Floor(share * 1e6) / 1e4, 99.9999):0.####} %");

    private string Describe(Outage outage)
    {
        var span = outage.Seconds == 0 ? "one run" : Plain.Span(TimeSpan.FromSeconds(outage.Seconds));
        var reason = outage.Reason is null ? "" : $" ({Plain.Foreign(outage.Reason)})";
        return $"{span} from {Plain.Clock(outage.From, time)} on {Plain.Foreign(outage.Agent)}{reason}{(outage.IsOver ? "" : ", not over yet")}";
    }

    private void Entry(StringBuilder text, string name, string value) => Line(text, $"  {palette.Dim(name.PadRight(NameWidth))}  {value}");

    private void Line(StringBuilder text, string line) => text.Append(Columns.Cut(line, width)).Append('\n');
}
