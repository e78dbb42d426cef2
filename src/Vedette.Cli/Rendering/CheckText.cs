using System.Globalization;
using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>What checks are: their configuration for people.</summary>
internal sealed class CheckText(Palette palette, int? width, TimeProvider time)
{
    private const int LongestTarget = 44;
    private const int NameWidth = 13;

    /// <summary>One row a check.</summary>
    public string Render(IReadOnlyList<CheckLine> checks)
    {
        if (checks.Count == 0) return "no checks yet; add one with: vedette check add KIND TARGET\n";
        var table = new Table(palette, width, "CHECK", "LIFE", "KIND", ">EVERY", "TARGET", "NAME");
        foreach (var check in checks)
            table.Add(
                [
                    check.Id, Life(check.Lifecycle), check.Kind, Durations.Format(check.Interval),
                    width is null ? Plain.Foreign(check.Target) : Columns.Cut(Plain.Foreign(check.Target), LongestTarget), check.Name is { } name ? palette.Dim(Plain.Foreign(name)) : "",
                ]);
        return table.Render();
    }

    /// <summary>Everything one check is made of, under the words that <c>check edit</c> takes.</summary>
    public string Render(WatchedCheck watched)
    {
        var check = watched.Check;
        var text = new StringBuilder();
        text.Append(palette.Strong(check.Id)).Append('\n');
        Entry(text, "life", $"{Life(watched.Lifecycle)}, added {Plain.Ago(time.GetUtcNow() - watched.CreatedAt)}");
        if (check.Name is { } name) Entry(text, "name", name);
        if (watched.Owner is { } owner) Entry(text, "owner", owner);
        Entry(text, "kind", check.Kind);
        Entry(text, "target", check.Target);
        Entry(text, "every", Durations.Format(check.Interval));
        Entry(text, "timeout", Durations.Format(check.Timeout));
        foreach (var (option, values) in check.Parameters)
            foreach (var value in values) Entry(text, "set", $"{option}={value}");
        foreach (var assertion in check.Assertions) Entry(text, "assert", assertion);
        Entry(text, "agents", string.Join(", ", check.Agents));
        Entry(text, "fail-after", check.FailAfter.ToString(CultureInfo.InvariantCulture));
        Entry(text, "recover-after", check.RecoverAfter.ToString(CultureInfo.InvariantCulture));
        Entry(text, "down-when", check.DownWhen);
        if (check.DependsOn.Count > 0) Entry(text, "depends-on", string.Join(", ", check.DependsOn));
        foreach (var (label, value) in check.Labels) Entry(text, "label", $"{label}={value}");
        return text.ToString();
    }

    private static string Life(Lifecycle lifecycle) => lifecycle.ToString().ToLowerInvariant();

    private void Entry(StringBuilder text, string name, string value) =>
        text.Append(Columns.Cut($"  {palette.Dim(name.PadRight(NameWidth))}  {Plain.Foreign(value)}", width)).Append('\n');
}
