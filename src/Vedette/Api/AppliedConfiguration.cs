namespace Vedette;

/// <summary>What applying a configuration does to a check.</summary>
public enum StepAction
{
    /// <summary>There is none of that id yet.</summary>
    Add,

    /// <summary>It becomes what the configuration says.</summary>
    Change,

    /// <summary>The configuration does not name it any more, and it goes with its history.</summary>
    Remove,

    /// <summary>The configuration does not name it any more, and it stays because removing was not asked for.</summary>
    Keep,
}

/// <summary>One value of a check that changes, as people write it; a secret is its mask or where it comes from.</summary>
/// <param name="Path">The key: <c>every</c>, <c>set.packets</c>, <c>labels.team</c>.</param>
/// <param name="From">What it was; null when it was not there.</param>
/// <param name="To">What it becomes; null when it goes.</param>
public sealed record ValueChange(string Path, string? From, string? To);

/// <summary>One check that applying a configuration concerns.</summary>
/// <param name="Id">Which.</param>
/// <param name="Action">What becomes of it.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Target">Its target, the new one when that changes.</param>
/// <param name="Changes">What changes of it.</param>
public sealed record AppliedStep(string Id, StepAction Action, string Kind, string Target, IReadOnlyList<ValueChange> Changes);

/// <summary>What applying a configuration did, or would do.</summary>
/// <param name="Owner">The name of the configuration, which owns the checks it names.</param>
/// <param name="Plan">True when this was only asked for, and nothing was done.</param>
/// <param name="Added">Checks that are new.</param>
/// <param name="Changed">Checks that became something else.</param>
/// <param name="Removed">Checks that are gone.</param>
/// <param name="Kept">Checks of this owner that it does not name, and that stay.</param>
/// <param name="Unchanged">Checks that are as it says already.</param>
/// <param name="Steps">All but the unchanged ones, by id.</param>
public sealed record AppliedConfiguration(string Owner, bool Plan, int Added, int Changed, int Removed, int Kept, int Unchanged, IReadOnlyList<AppliedStep> Steps);
