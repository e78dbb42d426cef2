namespace Vedette;

/// <summary>What a run, a check on one agent, or a check over all its agents came to.</summary>
public enum Status
{
    /// <summary>It could not be measured. Never counted as <see cref="Down"/>.</summary>
    Unknown,

    /// <summary>It answered as it should.</summary>
    Up,

    /// <summary>It answered, and a warning applies.</summary>
    Degraded,

    /// <summary>It was measured and failed.</summary>
    Down,
}
