namespace Vedette;

/// <summary>An error of the API as RFC 9457 problem details (<c>application/problem+json</c>).</summary>
/// <param name="Type">A URI reference that names the kind of problem; <c>about:blank</c> when the status says it all.</param>
/// <param name="Title">The kind of problem in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">One sentence: what, why, what to do.</param>
/// <param name="Problems">Every single problem of an input, when there is more to say than <paramref name="Detail"/>.</param>
public sealed record ProblemReport(string Type, string Title, int Status, string Detail, IReadOnlyList<Problem>? Problems = null);
