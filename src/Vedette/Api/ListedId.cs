namespace Vedette;

/// <summary>The id of a check for whoever is about to write it, with as much as tells people which one it is.</summary>
/// <param name="Id">The id.</param>
/// <param name="Kind">The check's kind.</param>
/// <param name="Target">What it watches.</param>
public sealed record ListedId(string Id, string Kind, string Target);
