namespace Vedette.Cli.Top;

/// <summary>What there is to draw and how much of it there is room for.</summary>
/// <param name="State">Its selection is a check that there is, in sight.</param>
/// <param name="Shown">Of <see cref="TopState.Shown"/>.</param>
/// <param name="Panel">The lines below the checks, or in their place.</param>
/// <param name="Rows">How many checks there is room for.</param>
internal sealed record Layout(TopState State, IReadOnlyList<WatchedCheck> Shown, IReadOnlyList<string> Panel, int Rows)
{
    /// <summary>What another state shows: the same list as long as nothing of it can have changed, because finding and sorting it takes longest.</summary>
    public IReadOnlyList<WatchedCheck> ShownBy(TopState other) => other.ShowsAs(State) ? Shown : other.Shown();
}
