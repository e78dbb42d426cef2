namespace Vedette.Cli.Hub;

/// <summary>What a <see cref="Watch"/> tells of the hub, in the order in which it happened.</summary>
internal abstract record HubEvent
{
    /// <summary>The connection is there, and what follows is new.</summary>
    public sealed record Live : HubEvent;

    /// <summary>The connection is gone and is tried again.</summary>
    /// <param name="Why">For people.</param>
    public sealed record Lost(string Why) : HubEvent;

    /// <summary>All checks as they stand; whatever was known of them before is out of date.</summary>
    public sealed record Synchronised(IReadOnlyList<WatchedCheck> Checks) : HubEvent;

    /// <summary>A run; it may be one that <see cref="Synchronised"/> or <see cref="Changed"/> told already.</summary>
    public sealed record Ran(Result Result) : HubEvent;

    /// <summary>A check that is new, was edited, or stands otherwise.</summary>
    public sealed record Changed(WatchedCheck Watched) : HubEvent;

    /// <summary>A check that is gone.</summary>
    public sealed record Removed(string Id) : HubEvent;
}
