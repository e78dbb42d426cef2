namespace Vedette.Cli.Completion;

/// <summary>A word that may stand where the cursor is.</summary>
/// <param name="Word">The whole word; one that ends with <c>=</c> is to be written on.</param>
/// <param name="Description">What it is, for shells that show that.</param>
internal sealed record Candidate(string Word, string Description = "");
