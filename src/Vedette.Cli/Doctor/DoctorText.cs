using System.Globalization;
using System.Text;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Doctor;

/// <summary>Findings for people: what works, what does not, and the command that mends it below.</summary>
internal sealed class DoctorText(Palette palette, int? width)
{
    private const int HealthWidth = 9;

    public string Render(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        var names = findings.Max(finding => finding.Name.Length);
        var margin = new string(' ', HealthWidth + names + 6);
        foreach (var finding in findings)
        {
            var lines = Columns.Wrap(Plain.Foreign(finding.Says), width - margin.Length).ToList();
            Line($"  {Columns.Pad(Mark(finding.Health), HealthWidth)}  {finding.Name.PadRight(names)}  {lines[0]}");
            foreach (var line in lines.Skip(1)) Line(margin + line);
            if (finding.Mend is { } mend) Line($"{margin}{palette.Bar($"mend it: {mend}")}");
        }

        return $"{Sum(findings)}\n\n{text}";

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static string Sum(IReadOnlyList<Finding> findings) => string.Join(", ", findings.CountBy(finding => finding.Health).OrderBy(count => count.Key)
        .Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {count.Key.ToString().ToLowerInvariant()}")));

    private string Mark(Health health) => health switch
    {
        Health.Ok => palette.Of(Status.Up, "● ok"),
        Health.Limited => palette.Of(Status.Degraded, "◐ limited"),
        _ => palette.Of(Status.Down, "✖ missing"),
    };
}
