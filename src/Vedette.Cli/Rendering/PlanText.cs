using System.Globalization;
using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>What applying a configuration does, for people: a line a check, and what was done in one.</summary>
internal sealed class PlanText(Palette palette, int? width)
{
    private const string Nothing = "–";

    /// <summary>Lines with a final newline.</summary>
    public string Render(AppliedConfiguration applied)
    {
        var text = new StringBuilder();
        var idWidth = applied.Steps.Count == 0 ? 0 : applied.Steps.Max(step => step.Id.Length);
        foreach (var step in applied.Steps) text.Append(Columns.Cut(Line(step, idWidth), width)).Append('\n');
        if (applied.Unchanged > 0) text.Append(palette.Dim(string.Create(CultureInfo.InvariantCulture, $"= {applied.Unchanged} unchanged"))).Append('\n');
        return text.Append(Summary(applied)).Append('\n').ToString();
    }

    private string Line(AppliedStep step, int idWidth) => step.Action switch
    {
        StepAction.Add => $"{palette.Of(step.Action, "+")} {Id(step, idWidth)}  {step.Kind} {Plain.Foreign(step.Target)}",
        StepAction.Change => $"{palette.Of(step.Action, "~")} {Id(step, idWidth)}  {string.Join(", ", step.Changes.Select(Change))}",
        StepAction.Remove => $"{palette.Of(step.Action, "-")} {Id(step, idWidth)}  {step.Kind} {Plain.Foreign(step.Target)}, with its history",
        _ => palette.Dim($"- {Id(step, idWidth)}  (only with --prune)"),
    };

    private static string Id(AppliedStep step, int idWidth) => Columns.Pad(step.Id, idWidth);

    private static string Change(ValueChange change) => change.From == change.To
        ? $"{change.Path}: {Shown(change.From)} (another value)"
        : $"{change.Path}: {Shown(change.From)} → {Shown(change.To)}";

    private static string Shown(string? value) => value is null ? Nothing : value.Length == 0 ? "''" : Plain.Foreign(value);

    private string Summary(AppliedConfiguration applied)
    {
        var owner = Plain.Foreign(applied.Owner);
        (int Count, string Done)[] counts = [(applied.Added, "added"), (applied.Changed, "changed"), (applied.Removed, "removed")];
        var parts = string.Join(", ", counts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Done}")));
        if (parts.Length == 0) return $"{owner}: nothing to do";
        return applied.Plan ? $"{owner}: {parts} if it is applied; nothing was done yet" : $"{owner}: {palette.Strong(parts)}";
    }
}
