using System.Globalization;
using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>What is up, since when, and why not.</summary>
internal sealed class StatusText(Palette palette, int? width, TimeProvider time)
{
    private const int UpRank = 3;

    // By their ranks of trouble.
    private static readonly string[] Ranks = ["down", "degraded", "unknown", "up", "paused", "stopped"];
    private static readonly int[] SumOrder = [UpRank, 0, 1, 2, 4, 5];

    private readonly DateTimeOffset now = time.GetUtcNow();

    /// <summary>All checks, those in trouble first, with a sum above.</summary>
    public string Render(IReadOnlyList<CheckLine> checks)
    {
        if (checks.Count == 0) return "no checks yet; add one with: vedette check add KIND TARGET\n";
        var table = new Table(palette, width, "STATUS", "CHECK", ">FOR", ">LATENCY", ">LAST", ">NEXT", "WATCHES");
        foreach (var line in ByTrouble(checks))
            table.Add(
                [
                    palette.Standing(line.Lifecycle, line.Status), line.Id, For(line.Since), line.LatencySeconds is { } latency ? Plain.Seconds(latency) : "", Ago(line.LastRunAt), Next(line.NextRunAt),
                    palette.Dim($"{line.Kind} {Plain.Foreign(line.Target)}"),
                ],
                Why(line));
        return $"{Sum(checks)}\n\n{table.Render()}";
    }

    /// <summary>One check in detail: how it stands, where its latest run spent its time, agent by agent, the latest runs as a strip.</summary>
    public string Render(WatchedCheck watched, KindDescriptor? kind)
    {
        var (check, status) = (watched.Check, watched.Status);
        var text = new StringBuilder();
        Line(text, $"{palette.Standing(watched)}  {palette.Strong(check.Id)}{(check.Name is { } name ? $"  {Plain.Foreign(name)}" : "")}");
        if (Why(watched) is { } why) foreach (var part in Columns.Wrap(why, width - 2)) Line(text, $"  {part}");
        text.Append('\n');
        Entry(text, "watches", $"{check.Kind} {Plain.Foreign(check.Target)}");
        Entry(text, "every", $"{Durations.Format(check.Interval)}, within {Durations.Format(check.Timeout)}{(status.NextRunAt is null ? "" : $", next {Next(status.NextRunAt)}")}");
        if (status.Since is { } since) Entry(text, "since", $"{Plain.Span(now - since)}, from {Plain.Clock(since, time)}");
        if (watched.Recent.Count > 0)
        {
            text.Append('\n');
            Line(text, $"  {Strip.Of(watched.Recent, Math.Max(1, (width ?? 80) - 4), palette)}");
            Line(text, $"  {palette.Dim(Sum(watched.Recent))}");
        }

        if (status.Agents.Count > 0) text.Append('\n').Append(Agents(status.Agents, watched.LatencyPhase));
        if (status.LastResult is { } latest)
        {
            text.Append('\n');
            Line(text, $"  latest run {palette.Status(latest.Status)} in {Plain.Seconds(latest.DurationSeconds)} on {Plain.Foreign(latest.Agent)}, {Ago(latest.ScheduledAt)}");
            text.Append(new ResultText(palette).RenderMeasured(latest, kind, width));
        }

        return text.ToString();
    }

    private void Line(StringBuilder text, string line) => text.Append(Columns.Cut(line, width)).Append('\n');

    private void Entry(StringBuilder text, string name, string value) => Line(text, $"  {palette.Dim(name.PadRight(8))}  {value}");

    /// <summary>How a check stands agent by agent.</summary>
    public string Agents(IReadOnlyList<AgentStatus> agents, string? latencyPhase)
    {
        var table = new Table(palette, width, "AGENT", "STATUS", ">FOR", ">LATENCY", ">LAST", "FAILED");
        foreach (var agent in agents)
            table.Add(
                [
                    Plain.Foreign(agent.Agent), palette.Status(agent.Status), For(agent.Since), agent.LastResult is { } last ? Plain.Seconds(last.LatencySeconds(latencyPhase)) : "", Ago(agent.LastResult?.ScheduledAt),
                    agent.FailedRuns > 0 ? string.Create(CultureInfo.InvariantCulture, $"{agent.FailedRuns} in a row") : "",
                ]);
        return table.Render();
    }

    /// <summary>How the latest runs went, counted.</summary>
    public static string Sum(IReadOnlyList<RecentRun> runs)
    {
        var counts = runs.CountBy(run => run.Status).OrderByDescending(count => count.Key).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Value} {Word(count.Key)}"));
        return $"the latest {Runs(runs.Count)}: {string.Join(", ", counts)}";
    }

    private static string Runs(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "run" : "runs")}");

    // How many are up comes first, how many are in trouble after that.
    private static string Sum(IReadOnlyList<CheckLine> checks)
    {
        var counts = new int[Ranks.Length];
        foreach (var line in checks) counts[Trouble(line.Lifecycle, line.Status)]++;
        var parts = new List<string>();
        foreach (var rank in SumOrder)
            if (counts[rank] > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{counts[rank]} {Ranks[rank]}"));
        return string.Join(", ", parts);
    }

    /// <summary>The rank of a check by how badly it stands; 0 is the worst.</summary>
    public static int Trouble(Lifecycle lifecycle, Status status) => (lifecycle, status) switch
    {
        (Lifecycle.Stopped, _) => 5,
        (Lifecycle.Paused, _) => 4,
        (_, Status.Down) => 0,
        (_, Status.Degraded) => 1,
        (_, Status.Unknown) => 2,
        _ => UpRank,
    };

    /// <inheritdoc cref="Trouble(Lifecycle, Status)"/>
    public static int Trouble(WatchedCheck watched) => Trouble(watched.Lifecycle, watched.Status.Status);

    // Within a rank they stay by their ids, as they come.
    private static IEnumerable<CheckLine> ByTrouble(IReadOnlyList<CheckLine> checks)
    {
        for (var rank = 0; rank < Ranks.Length; rank++)
            foreach (var line in checks)
                if (Trouble(line.Lifecycle, line.Status) == rank) yield return line;
    }

    private static string Word<T>(T value) => value!.ToString()!.ToLowerInvariant();

    /// <summary>Why a check is not up. One that still is may have failed its latest run: said before it counts as down.</summary>
    public static string? Why(WatchedCheck watched)
    {
        var (status, last) = (watched.Status, watched.Status.LastResult);
        if (watched.Lifecycle != Lifecycle.Active) return null;
        if (status.Status != Status.Up) return status.Reason is null && status.Message is null ? last is null ? "no result yet" : null : Plain.Because(status.Reason, status.Message);
        return last is { Status: not Status.Up } ? $"its latest run was {Word(last.Status)}: {Plain.Because(last.Reason, last.Message)}" : null;
    }

    // The same of a line, which gives one reason: that of the check, or of its latest run while it is up.
    private static string? Why(CheckLine line) => line switch
    {
        { Lifecycle: not Lifecycle.Active } => null,
        { Status: Status.Up } => line.LastStatus is { } last and not Status.Up ? $"its latest run was {Word(last)}: {Plain.Because(line.Reason, line.Message)}" : null,
        { Reason: null, Message: null } => line.LastRunAt is null ? "no result yet" : null,
        _ => Plain.Because(line.Reason, line.Message),
    };

    private string For(DateTimeOffset? since) => since is { } at ? Plain.Span(now - at) : "";

    private string Ago(DateTimeOffset? at) => at is { } then ? Plain.Ago(now - then) : "";

    private string Next(DateTimeOffset? at) => at is { } next ? next - now < TimeSpan.FromSeconds(1) ? "now" : $"in {Plain.Span(next - now)}" : "";
}
