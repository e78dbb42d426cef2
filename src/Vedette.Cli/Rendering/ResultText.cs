using System.Text;
using Vedette.Cli.Rendering.Details;

namespace Vedette.Cli.Rendering;

/// <summary>One result for people: verdict, why, phases as a bar each, what was measured, and the details of kinds that have a form for them.</summary>
internal sealed class ResultText(Palette palette)
{
    private const int WidestBar = 40;
    private const int NarrowestBar = 8;
    private const string Eighths = " ▏▎▍▌▋▊▉";

    /// <summary>Lines with a final newline.</summary>
    public string Render(Check check, Result result, KindDescriptor kind, int? width)
    {
        var text = new StringBuilder();
        text.Append($"{palette.Status(result.Status)}  {check.Kind} {Plain.Foreign(check.Target)}  {palette.Dim(Plain.Seconds(result.DurationSeconds))}\n");
        if (result.Message is { } message) text.Append($"  {Plain.Because(result.Reason, message)}\n");
        AppendPhases(text, result, width);
        AppendFacts(text, result, kind, null);
        AppendDetails(text, check.Kind, result.Details, width);
        return text.ToString();
    }

    /// <summary>Only the phases and what was measured; names without a unit when the kind is not known.</summary>
    public string RenderMeasured(Result result, KindDescriptor? kind, int? width)
    {
        var text = new StringBuilder();
        AppendPhases(text, result, width);
        AppendFacts(text, result, kind, width);
        return text.ToString();
    }

    private void AppendPhases(StringBuilder text, Result result, int? columns)
    {
        if (result.Phases.Count == 0) return;
        var width = result.Phases.Max(phase => phase.Key.Length);
        var bar = Math.Clamp((columns ?? int.MaxValue) - width - 15, NarrowestBar, WidestBar);
        var before = 0.0;
        var whole = Math.Max(result.DurationSeconds, 1e-9);
        text.Append('\n');
        foreach (var (name, seconds) in result.Phases)
        {
            text.Append($"  {name.PadRight(width)}  {Plain.Seconds(seconds),8}  {palette.Bar(Bar(before / whole, seconds / whole, bar))}\n");
            before += seconds;
        }
    }

    private void AppendFacts(StringBuilder text, Result result, KindDescriptor? kind, int? width)
    {
        var facts = result.Attributes.Select(attribute => (attribute.Key, Value: Plain.Foreign(attribute.Value)))
            .Concat(result.Measurements.Select(measured => (measured.Key, Value: Plain.Number(measured.Key, Unit(kind, measured.Key), measured.Value))))
            .ToList();
        if (facts.Count == 0) return;
        var longest = facts.Max(fact => fact.Key.Length);
        text.Append('\n');
        foreach (var (name, value) in facts) text.Append(Columns.Cut($"  {palette.Dim(name.PadRight(longest))}  {value}", width)).Append('\n');
    }

    private void AppendDetails(StringBuilder text, string kind, string? details, int? width)
    {
        var lines = DetailsText.Lines(kind, details, palette, width - 2);
        if (lines.Count > 0) text.Append('\n');
        foreach (var line in lines) text.Append($"  {line}".TrimEnd()).Append('\n');
    }

    private static string Unit(KindDescriptor? kind, string name) => kind?.Measurements.FirstOrDefault(measured => measured.Name == name)?.Unit ?? "";

    /// <summary>A bar from one share of a width on, another share long: phases start where the ones before them ended, as on a time line.</summary>
    internal static string Bar(double from, double share, int width)
    {
        var start = (int)(Math.Clamp(from, 0, 1) * width);
        var eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * width * 8);
        var full = Math.Min(eighths / 8, width - start);
        var bar = new string(' ', start) + new string('█', full);
        return full < eighths / 8 || eighths % 8 == 0 ? eighths == 0 ? bar + '▏' : bar : bar + Eighths[eighths % 8];
    }
}
