namespace Vedette.History;

/// <summary>A text that is to be kept outside of blocks, and what stands in its place now.</summary>
/// <param name="Text">As it is to be read back.</param>
/// <param name="Hash">It is found by.</param>
/// <param name="HasChanged">Another than it was stored as: the disk gave back something else.</param>
/// <param name="IsLost">What can be neither read nor replaced.</param>
internal readonly record struct SharedText(string Text, byte[] Hash, bool HasChanged, bool IsLost);
