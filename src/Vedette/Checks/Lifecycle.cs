namespace Vedette;

/// <summary>
/// Where a check is in its life: active and paused alternate, <c>stop</c> ends either, and only <c>start</c> leads out of stopped.
/// </summary>
public enum Lifecycle
{
    /// <summary>It runs on its grid.</summary>
    Active,

    /// <summary>It waits for <c>resume</c>.</summary>
    Paused,

    /// <summary>It waits for <c>start</c>.</summary>
    Stopped,
}
