namespace Vedette;

/// <summary>Describes a number that runs of a kind give.</summary>
/// <param name="Name">Its name in results; Prometheus sees it as <c>probe_NAME</c>.</param>
/// <param name="Unit"><c>seconds</c>, <c>bytes</c>, <c>ratio</c>, or empty for plain counts and codes.</param>
/// <param name="Summary">One line for help, docs and the HELP of the metric.</param>
public sealed record Measurement(string Name, string Unit, string Summary);
