namespace Vedette;

/// <summary>A message of <c>/api/v1/stream</c>; the SSE event name is the kind, the SSE id resumes after it.</summary>
public static class LiveEvents
{
    /// <summary>A committed <see cref="Vedette.Result"/>.</summary>
    public const string Result = "result";

    /// <summary>A <see cref="WatchedCheck"/> that was added, edited, or changed its lifecycle or status.</summary>
    public const string Check = "check";

    /// <summary>A check that was removed, as <see cref="RemovedCheck"/>.</summary>
    public const string Removed = "removed";

    /// <summary>The reader was away too long: read the checks again and go on from here.</summary>
    public const string Reset = "reset";
}

/// <summary>A check that is gone.</summary>
public sealed record RemovedCheck(string Id);
