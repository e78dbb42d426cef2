namespace Vedette;

/// <summary>One thing wrong with what a user gave: where it is (<c>set.packets</c>), and one sentence that says what to do.</summary>
public sealed record Problem(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>Collects all problems before anything is refused, so that a user mends them in one go.</summary>
public sealed class Problems
{
    private readonly List<Problem> list = [];

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<Problem> Found => list;

    /// <summary>Whether nothing was found.</summary>
    public bool None => list.Count == 0;

    /// <summary>Notes one.</summary>
    public void Add(string path, string message) => list.Add(new(path, message));
}
