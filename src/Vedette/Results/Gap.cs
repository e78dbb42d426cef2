namespace Vedette;

/// <summary>Slots of a check on an agent in which nothing was measured, or whose results are lost. History never pretends.</summary>
/// <param name="Check">The check's id.</param>
/// <param name="Agent">The agent's name.</param>
/// <param name="From">The first slot.</param>
/// <param name="To">The last slot; the first when there is only one.</param>
/// <param name="Slots">How many there are.</param>
/// <param name="Cause">Why, one of <see cref="GapCauses"/>.</param>
public sealed record Gap(string Check, string Agent, DateTimeOffset From, DateTimeOffset To, long Slots, string Cause);

/// <summary>Why there is a gap.</summary>
public static class GapCauses
{
    /// <summary>The agent was not running.</summary>
    public const string AgentDown = "agent_down";

    /// <summary>The agent was running and did not come to it: the last run was still going on, or its host stood still.</summary>
    public const string Missed = "missed";

    /// <summary>There were results, and the agent had to drop them before the hub had them.</summary>
    public const string Dropped = "dropped";
}
