namespace Vedette.History;

/// <summary>A piece of history that cannot be read; everything else can.</summary>
/// <param name="Piece">Which, such as <c>block 17</c>.</param>
/// <param name="CheckKey">The check whose results it holds; null when they are of several.</param>
/// <param name="From">Its first slot, if that is known.</param>
/// <param name="To">Its last slot, if that is known.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record HistoryDamage(string Piece, long? CheckKey, DateTimeOffset? From, DateTimeOffset? To, string Problem);
