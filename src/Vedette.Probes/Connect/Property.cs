namespace Vedette.Probes.Connect;

/// <summary>One thing that has to be right of a server, judged by itself, so that one that fails hides no other.</summary>
/// <param name="Name">The word it has in details.</param>
/// <param name="What">What was seen; null when nothing was.</param>
/// <param name="Problem">Why it is not right; null when it is.</param>
/// <param name="Unjudged">Why it could not be judged; null when it was.</param>
internal readonly record struct Property(string Name, string? What, Failure? Problem = null, string? Unjudged = null)
{
    /// <summary>True, false, or null when it was not judged.</summary>
    public bool? Holds => Unjudged is null && Problem?.Status != Status.Unknown ? Problem is null : null;

    /// <summary>Why it does not hold, or was not judged.</summary>
    public string? Why => Problem?.Message ?? Unjudged;
}
