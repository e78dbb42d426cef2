namespace Vedette.Cli.Rendering;

/// <summary>One result on one line: when, verdict, how long, where, and why or in which phases.</summary>
internal sealed class ResultLine(Palette palette, int? width, TimeProvider time)
{
    private const int StatusWidth = 10;
    private const int DurationWidth = 7;

    public string Render(Result result)
    {
        var verdict = Columns.Pad(palette.Status(result.Status), StatusWidth);
        var line = $"{palette.Dim(Plain.Clock(result.ScheduledAt, time))}  {verdict}  {Plain.Seconds(result.DurationSeconds),DurationWidth}  {Plain.Foreign(result.Agent)}  {Rest(result)}";
        return Columns.Cut(line.TrimEnd(), width) + '\n';
    }

    private string Rest(Result result) => result.Reason is null && result.Message is null
        ? palette.Dim(string.Join(" · ", result.Phases.Select(phase => $"{phase.Key} {Plain.Seconds(phase.Value)}")))
        : Plain.Because(result.Reason, result.Message);
}
