namespace Vedette.Hub.Configuration;

/// <summary>A place in a file; both count from one.</summary>
internal readonly record struct Mark(long Line, long Column);

/// <summary>A piece of a document as it was written, with where it begins.</summary>
/// <param name="Mark">Where.</param>
/// <param name="Weight">How much it is with everything in it, aliases written out: one for each node and each character.</param>
internal abstract record Node(Mark Mark, long Weight)
{
    /// <summary>A text; a plain one stands without quotes and may mean a number, true, false or nothing.</summary>
    public sealed record Scalar(Mark Mark, string Text, bool IsPlain) : Node(Mark, 1 + Text.Length);

    public sealed record List(Mark Mark, IReadOnlyList<Node> Items) : Node(Mark, 1 + Items.Sum(item => item.Weight));

    public sealed record Map(Mark Mark, IReadOnlyList<Entry> Entries) : Node(Mark, 1 + Entries.Sum(entry => entry.Key.Length + entry.Value.Weight));

    /// <summary>A key, with where it stands, and what is under it.</summary>
    public sealed record Entry(string Key, Mark Mark, Node Value);
}
