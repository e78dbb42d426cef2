using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>The latest runs as a strip of one column each.</summary>
internal static class Strip
{
    private const string Heights = "▁▂▃▄▅▆▇█";

    /// <summary>
    /// Each run is as high as it took long, so that a slow one stands out among its like; one that is not up is its own sign. Neighbours of one
    /// status are painted together.
    /// </summary>
    /// <param name="runs">Oldest first.</param>
    /// <param name="most">How many columns there are; the newest runs are shown.</param>
    /// <param name="palette">The colours of the statuses.</param>
    public static string Of(IReadOnlyList<RecentRun> runs, int most, Palette palette)
    {
        var longest = runs.Where(run => run.Status == Status.Up).Select(run => run.LatencySeconds).DefaultIfEmpty(0).Max();
        var (strip, alike) = (new StringBuilder(), new StringBuilder());
        for (var at = Math.Max(0, runs.Count - most); at < runs.Count; at++)
        {
            alike.Append(Cell(runs[at], longest));
            if (at + 1 < runs.Count && runs[at + 1].Status == runs[at].Status) continue;
            strip.Append(palette.Of(runs[at].Status, alike.ToString()));
            alike.Clear();
        }

        return strip.ToString();
    }

    private static char Cell(RecentRun run, double longest) => run.Status switch
    {
        Status.Up => longest > 0 ? Heights[(int)Math.Round(Math.Clamp(run.LatencySeconds / longest, 0, 1) * (Heights.Length - 1))] : Heights[0],
        Status.Degraded => '◐',
        Status.Down => '✖',
        _ => '?',
    };
}
