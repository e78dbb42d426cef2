using System.Globalization;

namespace Vedette.Hub.Configuration;

/// <summary>Everything that is wrong with a file, each with its place in it.</summary>
internal sealed class PlacedProblems(string file)
{
    private readonly List<(Mark Mark, Problem Problem)> list = [];
    private readonly Dictionary<string, Mark> places = [];
    private readonly HashSet<string> explained = [];

    /// <summary>Whether nothing was found.</summary>
    public bool None => list.Count == 0;

    /// <summary>Says where the piece of a path begins.</summary>
    public void Place(string path, Mark mark) => places.TryAdd(path, mark);

    /// <summary>Whether something of that path is in the file.</summary>
    public bool Knows(string path) => places.ContainsKey(path);

    /// <summary>Notes one at a place.</summary>
    public void Add(Mark mark, string path, string message) => list.Add((mark, new Problem(path, message)));

    /// <summary>Notes one at a place that explains whatever else is found there.</summary>
    public void AddOnly(Mark mark, string path, string message)
    {
        explained.Add(path);
        Add(mark, path, message);
    }

    /// <summary>Notes what was found by path.</summary>
    public void Add(IEnumerable<Problem> problems)
    {
        foreach (var problem in problems)
            if (!explained.Contains(problem.Path)) list.Add((Find(problem.Path), problem));
    }

    /// <summary>One line a problem, <c>FILE:LINE:COLUMN: PATH: sentence</c>, from the beginning of the file to its end.</summary>
    public IReadOnlyList<string> Lines() =>
        [.. list.OrderBy(found => found.Mark.Line).ThenBy(found => found.Mark.Column).Select(found => string.Create(CultureInfo.InvariantCulture, $"{file}:{found.Mark.Line}:{found.Mark.Column}: {found.Problem}").ReplaceLineEndings(" "))];

    // What is missing has no place of its own: it is where what misses it begins.
    private Mark Find(string path)
    {
        for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
            if (places.TryGetValue(path, out var mark)) return mark;
        return places.GetValueOrDefault("", new Mark(1, 1));
    }
}
