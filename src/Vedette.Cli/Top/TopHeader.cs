using System.Globalization;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Top;

/// <summary>The first line: how many checks stand how, how many runs come in, from where, whether that is live, what the time is.</summary>
internal sealed class TopHeader(Palette palette, TimeProvider time)
{
    /// <summary>As much of it as fits, the most important last to go.</summary>
    public string Line(TopState state)
    {
        var counts = state.Shows.Values.GroupBy(StatusText.Trouble).OrderBy(group => group.Key).Select(group => (Sample: group.First(), Count: group.Count())).ToList();
        var many = string.Create(CultureInfo.InvariantCulture, $"{palette.Strong("vedette")}  {state.Shows.Count} {(state.Shows.Count == 1 ? "check" : "checks")}");
        var worded = string.Join("  ", counts.Select(count => palette.Of(count.Sample, Worded(count.Sample, count.Count))));
        var brief = string.Join(' ', counts.Select(count => palette.Of(count.Sample, string.Create(CultureInfo.InvariantCulture, $"{Palette.StandingWord(count.Sample)[0]}{count.Count}"))));
        var live = state.Lost is null ? palette.Of(Status.Up, "● live") : palette.Of(Status.Down, "✖ not live");
        var rate = state.Rate.PerSecond is { } runs ? string.Create(CultureInfo.InvariantCulture, $"{runs:0.#} runs/s") : "";
        var clock = TimeZoneInfo.ConvertTime(state.Now, time.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        (string Left, string Right)[] forms =
        [
            ($"{many}  {worded}", Spaced(rate, Plain.Foreign(state.Hub), live, clock)),
            ($"{many}  {worded}", Spaced(rate, live, clock)),
            (worded, Spaced(rate, live, clock)),
            (brief, Spaced(rate, live, clock)),
            (brief, Spaced(live, clock)),
            (brief, live),
            (brief, state.Lost is null ? "" : "✖"),
        ];
        var (left, right) = forms.FirstOrDefault(form => Columns.Of(form.Left) + Columns.Of(form.Right) + 2 <= state.Width, forms[^1]);
        return Columns.Cut(Columns.Pad(left, state.Width - Columns.Of(right)) + right, state.Width);
    }

    private static string Worded(WatchedCheck sample, int count)
    {
        var word = Palette.StandingWord(sample);
        return string.Create(CultureInfo.InvariantCulture, $"{word[0]} {count}{word[1..]}");
    }

    private static string Spaced(params string[] parts) => string.Join("  ", parts.Where(part => part.Length > 0));
}
