using System.Globalization;

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

    /// <summary>The slots without a result on one line.</summary>
    public string Render(Gap gap)
    {
        var slots = string.Create(CultureInfo.InvariantCulture, $"{gap.Slots} {(gap.Slots == 1 ? "slot" : "slots")}");
        var until = gap.Slots > 1 ? $" until {Plain.Clock(gap.To, time)}" : "";
        return Columns.Cut(palette.Dim($"{Plain.Clock(gap.From, time)}  · no result in {slots}{until} on {Plain.Foreign(gap.Agent)}: {Why(gap.Cause)}"), width) + '\n';
    }

    private static string Why(string cause) => cause switch
    {
        GapCauses.AgentDown => "the agent was not running",
        GapCauses.Missed => "the agent did not come to it",
        GapCauses.Dropped => "the agent had to drop them",
        _ => Plain.Foreign(cause),
    };

    private string Rest(Result result) => result.Reason is null && result.Message is null
        ? palette.Dim(string.Join(" · ", result.Phases.Select(phase => $"{phase.Key} {Plain.Seconds(phase.Value)}")))
        : Plain.Because(result.Reason, result.Message);
}
