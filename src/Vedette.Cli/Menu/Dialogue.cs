using Vedette.Cli.Rendering;

namespace Vedette.Cli.Menu;

/// <summary>Asks a person, a line at a time. An empty answer takes the default, or leaves the question where there is none.</summary>
/// <param name="input">What the person types.</param>
/// <param name="output">What the person reads.</param>
/// <param name="palette">The colours of that.</param>
internal sealed class Dialogue(TextReader input, TextWriter output, Palette palette)
{
    /// <summary>Says something on lines of its own.</summary>
    public Task SayAsync(string text) => output.WriteLineAsync(text);

    /// <summary>What was typed, without blanks around it; null when nothing more will be.</summary>
    public async Task<string?> AskAsync(string question, string? usual, CancellationToken cancellation)
    {
        await output.WriteAsync($"{question}{(usual is null ? "" : palette.Dim($" [{Plain.Foreign(usual)}]"))}: ");
        await output.FlushAsync(cancellation);
        // Nothing takes a read of a terminal back: it is left to the end of the process.
        var line = await Task.Run(input.ReadLine, CancellationToken.None).WaitAsync(cancellation);
        if (line is null) await output.WriteLineAsync();
        return line?.Trim() is { Length: 0 } ? usual ?? "" : line?.Trim();
    }

    /// <summary>Asks until the answer will do; null when the person leaves the question or nothing more is typed.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="usual">Taken for an empty answer; null when an empty answer leaves.</param>
    /// <param name="refuse">Says what is wrong with an answer, or null.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<string?> AskAsync(string question, string? usual, Func<string, string?> refuse, CancellationToken cancellation)
    {
        while (await AskAsync(question, usual, cancellation) is { Length: > 0 } answer)
        {
            if (refuse(answer) is not { } problem) return answer;
            await SayAsync($"  {palette.Of(Status.Down, "✖")} {Plain.Foreign(problem)}");
        }

        return null;
    }

    /// <summary>One of several, by its number, its name or the beginning of that; null when the person leaves the question.</summary>
    /// <param name="title">Above the list.</param>
    /// <param name="choices">The names with what they are.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="usual">Taken for an empty answer; null when an empty answer leaves.</param>
    public async Task<string?> ChooseAsync(string title, IReadOnlyList<(string Name, string What)> choices, CancellationToken cancellation, string? usual = null)
    {
        await SayAsync($"\n{palette.Strong(title)}\n");
        var width = choices.Max(choice => Columns.Of(choice.Name));
        for (var at = 0; at < choices.Count; at++) await SayAsync($"  {at + 1,3}  {Columns.Pad(choices[at].Name, width)}  {palette.Dim(Plain.Foreign(choices[at].What))}");
        await SayAsync("");
        string[] names = [.. choices.Select(choice => choice.Name)];
        return await AskAsync(usual is null ? "number or name, Enter goes back" : "number or name", usual, answer => Find(names, answer) is null ? $"'{answer}' is none of these; {Nearest.Hint(answer, names)}" : null, cancellation) is { } chosen ? Find(names, chosen) : null;
    }

    private static string? Find(string[] names, string answer)
    {
        if (names.FirstOrDefault(name => name == answer) is { } same) return same;
        if (int.TryParse(answer, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= names.Length) return names[number - 1];
        string[] begun = [.. names.Where(name => name.StartsWith(answer, StringComparison.OrdinalIgnoreCase))];
        return begun.Length == 1 ? begun[0] : null;
    }
}
