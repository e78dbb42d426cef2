using System.Collections.Immutable;
using Vedette.Cli.Hub;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Top;

/// <summary>Everything the live view shows and knows. Immutable: events and keys make another one of it, a frame is drawn from one.</summary>
/// <param name="Hub">The hub's address for people.</param>
internal sealed record TopState(string Hub)
{
    /// <summary>The checks by their ids as far as the hub told.</summary>
    public ImmutableDictionary<string, WatchedCheck> Checks { get; init; } = ImmutableDictionary<string, WatchedCheck>.Empty;

    /// <summary>What is shown while the view is paused; null when it is not.</summary>
    public ImmutableDictionary<string, WatchedCheck>? Held { get; init; }

    /// <summary>What the view is of: what was held, else what is.</summary>
    public ImmutableDictionary<string, WatchedCheck> Shows => Held ?? Checks;

    /// <summary>Why the view is not live; null when it is.</summary>
    public string? Lost { get; init; }

    /// <summary>How many runs come in.</summary>
    public RunRate Rate { get; init; } = RunRate.None;

    /// <summary>What the time is.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>The columns of the terminal.</summary>
    public int Width { get; init; } = 80;

    /// <summary>The lines of the terminal.</summary>
    public int Height { get; init; } = 24;

    public Order Order { get; init; }

    public bool IsReversed { get; init; }

    /// <summary>Words that a check must have, all of them; empty for every check.</summary>
    public string Filter { get; init; } = "";

    /// <summary>Whether keys write the filter.</summary>
    public bool IsTyping { get; init; }

    /// <summary>The id of the selected check; null follows whatever is first.</summary>
    public string? Selected { get; init; }

    /// <summary>Where the selected check was in the list, for when it goes.</summary>
    public int SelectedAt { get; init; }

    /// <summary>How many checks are above the first that is shown.</summary>
    public int Above { get; init; }

    public bool ShowsDetail { get; init; }

    public bool ShowsHelp { get; init; }

    /// <summary>Whether the user has had enough.</summary>
    public bool IsOver { get; init; }

    /// <summary>After what happened at the hub.</summary>
    public TopState After(IReadOnlyList<HubEvent> events)
    {
        var (checks, lost, runs) = (Checks.ToBuilder(), Lost, 0);
        foreach (var happened in events)
            switch (happened)
            {
                case HubEvent.Live:
                    lost = null;
                    break;
                case HubEvent.Lost { Why: var why }:
                    lost = why;
                    break;
                case HubEvent.Synchronised { Checks: var all }:
                    checks.Clear();
                    foreach (var one in all) checks[one.Check.Id] = one;
                    break;
                case HubEvent.Changed { Watched: var watched }:
                    checks[watched.Check.Id] = watched;
                    break;
                case HubEvent.Removed { Id: var id }:
                    checks.Remove(id);
                    break;
                case HubEvent.Ran { Result: var run }:
                    runs++;
                    if (checks.TryGetValue(run.Check, out var known)) checks[run.Check] = known.After(run);
                    break;
            }

        return this with { Checks = checks.ToImmutable(), Lost = lost, Rate = Rate.Add(runs) };
    }

    /// <summary>At a time, in a terminal of a size.</summary>
    public TopState At(DateTimeOffset now, int width, int height) => this with { Now = now, Rate = Rate.At(now), Width = Math.Max(1, width), Height = Math.Max(1, height) };

    /// <summary>The checks that fit the filter in the order they are shown.</summary>
    public IReadOnlyList<WatchedCheck> Shown()
    {
        var words = Filter.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var fitting = Shows.Values.Where(watched => words.All(word => Has(watched.Check, word)));
        var sorted = Order switch
        {
            Order.Status => fitting.OrderBy(StatusText.Trouble).ThenBy(watched => watched.Check.Id, StringComparer.Ordinal),
            Order.Latency => fitting.OrderByDescending(Latency).ThenBy(watched => watched.Check.Id, StringComparer.Ordinal),
            Order.Since => fitting.OrderByDescending(watched => watched.Status.Since ?? DateTimeOffset.MinValue).ThenBy(watched => watched.Check.Id, StringComparer.Ordinal),
            _ => fitting.OrderBy(watched => watched.Check.Id, StringComparer.Ordinal),
        };
        WatchedCheck[] shown = [.. sorted];
        if (IsReversed) Array.Reverse(shown);
        return shown;
    }

    /// <summary>Whether it shows the same checks in the same order as another.</summary>
    public bool ShowsAs(TopState other) => ReferenceEquals(Shows, other.Shows) && (Filter, Order, IsReversed) == (other.Filter, other.Order, other.IsReversed);

    /// <summary>With a selection that there is.</summary>
    /// <param name="shown">Of <see cref="Shown"/>.</param>
    public TopState Found(IReadOnlyList<WatchedCheck> shown)
    {
        var at = Selected is null ? 0 : IndexOf(shown, Selected);
        // A selected check that went leaves the selection to the one that came into its place.
        if (at < 0) at = Math.Clamp(SelectedAt, 0, Math.Max(0, shown.Count - 1));
        return this with { Selected = Selected is null || shown.Count == 0 ? Selected : shown[at].Check.Id, SelectedAt = at };
    }

    /// <summary>With the selection in sight.</summary>
    /// <param name="count">How many checks there are.</param>
    /// <param name="rows">How many of them there is room for.</param>
    public TopState InSight(int count, int rows)
    {
        var above = Math.Clamp(Above, Math.Max(0, SelectedAt - Math.Max(0, rows - 1)), SelectedAt);
        return this with { Above = Math.Min(above, Math.Max(0, count - rows)) };
    }

    private static int IndexOf(IReadOnlyList<WatchedCheck> shown, string id)
    {
        for (var at = 0; at < shown.Count; at++)
            if (shown[at].Check.Id == id) return at;
        return -1;
    }

    private static double Latency(WatchedCheck watched) => watched.Status.LastResult?.LatencySeconds(watched.LatencyPhase) ?? -1;

    private static bool Has(Check check, string word) =>
        Holds(check.Id, word) || Holds(check.Name, word) || Holds(check.Target, word) || Holds(check.Kind, word) || check.Labels.Any(label => Holds($"{label.Key}={label.Value}", word));

    private static bool Holds(string? text, string word) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) ?? false;
}
