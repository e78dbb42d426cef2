namespace Vedette.Cli.Top;

/// <summary>What keys do to the view.</summary>
internal static class TopKeys
{
    /// <summary>The keys for people, with what they do.</summary>
    public static readonly IReadOnlyList<(string Keys, string Does)> Help =
    [
        ("↑ ↓ PgUp PgDn", "move the selection"),
        ("Home End", "go to the first, and stay with whatever is first; go to the last"),
        ("Enter", "show the selected check in detail, and hide it"),
        ("s", "sort by the next of: status, name, latency, since"),
        ("r", "reverse the order"),
        ("/", "show only checks that have all these words in id, name, target, kind or labels"),
        ("Esc", "leave this, clear the filter, hide the detail"),
        ("p", "hold still what is shown, and go on"),
        ("?", "show and hide this"),
        ("Ctrl+Z", "give the terminal back to the shell, until fg"),
        ("q Ctrl+C", "quit"),
    ];

    /// <summary>The view after a key.</summary>
    /// <param name="state">As it was.</param>
    /// <param name="key">As the terminal gave it.</param>
    /// <param name="shown">Of <see cref="TopState.Shown"/>.</param>
    /// <param name="rows">How many checks there is room for.</param>
    public static TopState Press(this TopState state, ConsoleKeyInfo key, IReadOnlyList<WatchedCheck> shown, int rows) => key.Key switch
    {
        ConsoleKey.UpArrow => state.Select(shown, state.SelectedAt - 1),
        ConsoleKey.DownArrow => state.Select(shown, state.SelectedAt + 1),
        ConsoleKey.PageUp => state.Select(shown, state.SelectedAt - Math.Max(1, rows - 1)),
        ConsoleKey.PageDown => state.Select(shown, state.SelectedAt + Math.Max(1, rows - 1)),
        ConsoleKey.Home => state with { Selected = null, SelectedAt = 0 },
        ConsoleKey.End => state.Select(shown, shown.Count - 1),
        ConsoleKey.Escape => Escape(state),
        _ => state.IsTyping ? Type(state, key) : Press(state, key),
    };

    private static TopState Press(TopState state, ConsoleKeyInfo key) => (key.Key, key.KeyChar) switch
    {
        (ConsoleKey.Enter, _) => state with { ShowsDetail = !state.ShowsDetail, ShowsHelp = false },
        (_, 's' or 'S') => state with { Order = state.Order == Order.Since ? Order.Status : state.Order + 1, IsReversed = false },
        (_, 'r' or 'R') => state with { IsReversed = !state.IsReversed },
        (_, '/') => state with { IsTyping = true, ShowsHelp = false },
        (_, 'p' or 'P') => state with { Held = state.Held is null ? state.Checks : null },
        (_, '?' or 'h') => state with { ShowsHelp = !state.ShowsHelp },
        (_, 'q' or 'Q') => state with { IsOver = true },
        _ => state,
    };

    private static TopState Type(TopState state, ConsoleKeyInfo key) => key switch
    {
        { Key: ConsoleKey.Enter } => state with { IsTyping = false },
        { Key: ConsoleKey.Backspace } or { KeyChar: '\b' or '\u007f' } => state.Filter.Length == 0 ? state with { IsTyping = false } : state with { Filter = state.Filter[..^1] },
        { KeyChar: var letter } when !char.IsControl(letter) => state with { Filter = state.Filter + letter },
        _ => state,
    };

    private static TopState Escape(TopState state) =>
        state.ShowsHelp ? state with { ShowsHelp = false }
        : state.IsTyping || state.Filter.Length > 0 ? state with { IsTyping = false, Filter = "" }
        : state with { ShowsDetail = false };

    private static TopState Select(this TopState state, IReadOnlyList<WatchedCheck> shown, int at) =>
        shown.Count == 0 ? state : state with { SelectedAt = Math.Clamp(at, 0, shown.Count - 1), Selected = shown[Math.Clamp(at, 0, shown.Count - 1)].Check.Id };
}
