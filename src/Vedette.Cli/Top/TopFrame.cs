using System.Globalization;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Top;

/// <summary>Draws the view: a state in, the lines of the terminal out, none wider than it and exactly as many as it has.</summary>
/// <param name="palette">The colours.</param>
/// <param name="time">The clock on the wall here.</param>
internal sealed class TopFrame(Palette palette, TimeProvider time)
{
    private const int LeastRows = 3;
    private const int KeysWidth = 14;

    private static readonly Palette Colourless = new(colours: false);

    /// <summary>Brings the selection in sight beside what else is shown.</summary>
    /// <param name="state">Anything.</param>
    /// <param name="shown">Of <see cref="TopState.Shown"/>.</param>
    public Layout Arrange(TopState state, IReadOnlyList<WatchedCheck> shown)
    {
        state = state.Found(shown);
        var panel = Panel(state, shown);
        var rows = Math.Max(0, Body(state) - panel.Count);
        return new(state.InSight(shown.Count, rows), shown, panel, rows);
    }

    /// <summary>The lines.</summary>
    public IReadOnlyList<string> Lines(Layout layout)
    {
        var (state, shown, panel, rows) = layout;
        var columns = TopColumns.Of(state.Width, [.. state.Shows.Values]);
        var lines = new List<string> { new TopHeader(palette, time).Line(state) };
        lines.AddRange(Notices(state));
        if (HasFrame(state)) lines.Add(Headings(state, columns));
        var first = lines.Count;
        for (var at = state.Above; at < Math.Min(shown.Count, state.Above + rows); at++) lines.Add(Row(shown[at], at == state.SelectedAt, columns, state.Now));
        if (shown.Count == 0 && rows > 0) lines.Add(state.Shows.IsEmpty ? "no checks yet; add one with: vedette check add KIND TARGET" : "no check has all these words; Esc clears the filter");
        while (lines.Count < first + rows) lines.Add("");
        lines.AddRange(panel);
        if (HasFrame(state)) lines.Add(Footer(state, shown));
        return [.. lines.Take(state.Height).Select(line => Columns.Cut(line, state.Width))];
    }

    // A terminal of a few lines has them for checks alone.
    private static bool HasFrame(TopState state) => state.Height >= 6;

    private static int Body(TopState state) => Math.Max(0, state.Height - 1 - (state.Lost is null ? 0 : 1) - (state.Held is null ? 0 : 1) - (HasFrame(state) ? 2 : 0));

    private IEnumerable<string> Notices(TopState state)
    {
        if (state.Lost is { } why) yield return palette.Of(Status.Down, $"✖ not live: {why}; trying again until it is back");
        if (state.Held is not null) yield return palette.Bar("‖ held still; p goes on");
    }

    // Help takes the place of the table, the detail of a check as much of it as it needs, while some rows are left.
    private List<string> Panel(TopState state, IReadOnlyList<WatchedCheck> shown)
    {
        var room = Body(state);
        if (state.ShowsHelp) return Filled([.. TopKeys.Help.SelectMany(help => Help(help.Keys, help.Does, state.Width))], room);
        if (!state.ShowsDetail || shown.Count == 0) return [];
        var most = room - LeastRows >= LeastRows ? room - LeastRows : room;
        var lines = new TopDetail(palette, state.Width, state.Now, time).Lines(shown[state.SelectedAt]);
        return [.. lines.Prepend(palette.Dim(new string('─', state.Width))).Take(most)];
    }

    private IEnumerable<string> Help(string keys, string does, int width) =>
        Columns.Wrap(does, Math.Max(1, width - 4 - KeysWidth)).Select((line, at) => $"  {palette.Strong(Columns.Pad(at == 0 ? keys : "", KeysWidth))}  {line}");

    private static List<string> Filled(List<string> lines, int count)
    {
        while (lines.Count < count) lines.Add("");
        return lines[..Math.Max(0, count)];
    }

    private string Headings(TopState state, TopColumns columns)
    {
        var watches = columns.Why > 0 ? "TARGET" : "TARGET, OR WHY NOT";
        var line = columns.Line(state.Order == Order.Status ? $" {Sign(state)} " : "   ", Heading("CHECK", Order.Name), "NAME", "KIND", watches, "LATEST", Heading("LATENCY", Order.Latency), Heading("FOR", Order.Since), "WHY NOT");
        return palette.Dim(line);

        string Heading(string name, Order order) => state.Order != order ? name : order == Order.Name ? $"{name} {Sign(state)}" : Sign(state) + name;
    }

    private static string Sign(TopState state) => state.IsReversed ? "▴" : "▾";

    private string Row(WatchedCheck watched, bool selected, TopColumns columns, DateTimeOffset now)
    {
        // Reversed as a whole, so that no colour within it ends that.
        var paint = selected ? Colourless : palette;
        var (check, status) = (watched.Check, watched.Status);
        var why = StatusText.Why(watched) ?? "";
        var target = Plain.Foreign(check.Target);
        var line = columns.Line(
            $"{(selected ? '▸' : ' ')}{paint.Of(watched, Palette.StandingWord(watched)[..1])} ",
            check.Id, paint.Dim(Plain.Foreign(check.Name ?? "")), paint.Dim(check.Kind), columns.Why > 0 || why.Length == 0 ? paint.Dim(target) : paint.Of(watched, why),
            Strip.Of(watched.Recent, columns.Strip, paint), status.LastResult is { } last ? Plain.Seconds(last.LatencySeconds(watched.LatencyPhase)) : "",
            status.Since is { } since ? Plain.Span(now - since) : "", paint.Of(watched, why));
        return selected ? palette.Reverse(line) : line;
    }

    private string Footer(TopState state, IReadOnlyList<WatchedCheck> shown)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{(shown.Count == 0 ? 0 : state.SelectedAt + 1)}/{shown.Count}");
        if (state.IsTyping) return Ends($"/{Plain.Foreign(state.Filter)}▏", place, state.Width);
        var filter = state.Filter.Length > 0 ? $"{palette.Strong($"/{Plain.Foreign(state.Filter)}")}  Esc clears  " : "";
        var keys = state.Width switch
        {
            < 30 => "? help",
            < 60 => "? help  q quit",
            _ => "s sort  r reverse  / filter  p hold  Enter detail  ? help  q quit",
        };
        return Ends(filter + palette.Dim(keys), place, state.Width);
    }

    private static string Ends(string left, string right, int width) =>
        Columns.Of(right) + 2 > width ? Columns.Cut(left, width) : Columns.Pad(Columns.Cut(left, width - Columns.Of(right) - 1), width - Columns.Of(right)) + right;
}
