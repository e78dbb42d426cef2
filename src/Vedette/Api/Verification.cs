namespace Vedette;

/// <summary>What was found by reading all that is stored.</summary>
/// <param name="Pieces">How many batches, blocks and texts of history were read.</param>
/// <param name="Problems">What is wrong with the structure of the database; empty when it is sound.</param>
/// <param name="Damaged">What of history is damaged; everything else can be read.</param>
public sealed record Verification(long Pieces, IReadOnlyList<string> Problems, IReadOnlyList<DamagedPiece> Damaged)
{
    /// <summary>Whether nothing was found.</summary>
    public bool IsSound => Problems.Count == 0 && Damaged.Count == 0;
}

/// <summary>A piece of history that is damaged.</summary>
/// <param name="Piece">Which, such as <c>block 17</c>.</param>
/// <param name="Check">The id of the check whose results it held; null when they are of several, or the check is gone.</param>
/// <param name="From">Its first slot, if that is known.</param>
/// <param name="To">Its last slot, if that is known.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record DamagedPiece(string Piece, string? Check, DateTimeOffset? From, DateTimeOffset? To, string Problem);
