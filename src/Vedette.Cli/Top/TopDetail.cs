using Vedette.Cli.Rendering;
using Vedette.Probes;

namespace Vedette.Cli.Top;

/// <summary>One check in detail, in lines; what matters most comes first, because a low terminal cuts the rest.</summary>
internal sealed class TopDetail(Palette palette, int width, DateTimeOffset now, TimeProvider time)
{
    public IReadOnlyList<string> Lines(WatchedCheck watched)
    {
        var (check, status) = (watched.Check, watched.Status);
        var lines = new List<string> { $"{palette.Standing(watched)}  {palette.Strong(check.Id)}{(check.Name is { } name ? $"  {Plain.Foreign(name)}" : "")}" };
        if (StatusText.Why(watched) is { } why) lines.AddRange(Columns.Wrap(why, Math.Max(1, width - 2)).Select(part => $"  {part}"));
        lines.Add($"  {check.Kind} {Plain.Foreign(check.Target)}  {palette.Dim(Times(watched))}");
        if (watched.Recent.Count > 0) lines.Add($"  {Strip.Of(watched.Recent, Math.Max(1, width - 4), palette)}  {palette.Dim(StatusText.Sum(watched.Recent))}");
        if (status.LastResult is { } latest)
        {
            lines.Add($"  latest run {palette.Status(latest.Status)} in {Plain.Seconds(latest.DurationSeconds)} on {Plain.Foreign(latest.Agent)}, {Plain.Ago(now - latest.ScheduledAt)}");
            lines.AddRange(Split(new ResultText(palette).RenderMeasured(latest, ProbeSet.Catalogue.Find(check.Kind), width)));
        }

        lines.AddRange(check.Assertions.Select(assertion => $"  {palette.Dim("assert")}  {Plain.Foreign(assertion)}"));
        if (status.Agents.Count > 0) lines.AddRange(Split(new StatusText(palette, width, time).Agents(status.Agents, watched.LatencyPhase)));
        return [.. lines.Select(line => Columns.Cut(line, width))];
    }

    private static string[] Split(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Times(WatchedCheck watched)
    {
        var times = $"every {Durations.Format(watched.Check.Interval)}, within {Durations.Format(watched.Check.Timeout)}";
        return watched.Status.Since is { } since ? $"{times}; for {Plain.Span(now - since)}, since {Plain.Clock(since, time)}" : times;
    }
}
