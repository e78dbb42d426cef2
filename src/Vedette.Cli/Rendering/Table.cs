using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>Rows under aligned headings; what a terminal has no room for is cut from the right.</summary>
/// <param name="palette">For the headings.</param>
/// <param name="width">How many columns a line may take; null for any.</param>
/// <param name="headings">One a column; one that begins with <c>&gt;</c> is aligned to the right.</param>
internal sealed class Table(Palette palette, int? width, params string[] headings)
{
    private const string Gap = "  ";

    private readonly List<(string[] Cells, string? Note)> rows = [];

    /// <summary>Adds a row, with a note below it, as wide as there is room, when there is one.</summary>
    public void Add(string[] cells, string? note = null) => rows.Add((cells, note));

    /// <summary>Lines with a final newline. A column without any text is left out.</summary>
    public string Render()
    {
        int[] shown = [.. Enumerable.Range(0, headings.Length).Where(column => rows.Any(row => row.Cells[column].Length > 0))];
        string[] names = [.. headings.Select(heading => heading.TrimStart('>'))];
        int[] widths = [.. names.Select((name, column) => rows.Select(row => Columns.Of(row.Cells[column])).Append(name.Length).Max())];
        var text = new StringBuilder();
        text.Append(Line([.. names.Select(name => palette.Dim(name))], shown, widths));
        foreach (var (cells, note) in rows)
        {
            text.Append(Line(cells, shown, widths));
            if (note is null) continue;
            var margin = $"{Gap}{new string(' ', widths[0])}{Gap}";
            foreach (var line in Columns.Wrap(note, width - margin.Length)) text.Append(Columns.Cut(margin + line, width)).Append('\n');
        }

        return text.ToString();
    }

    private string Line(string[] cells, int[] shown, int[] widths)
    {
        var line = string.Concat(shown.Select(column => Gap + (column == shown[^1] && !IsRight(column) ? cells[column] : Columns.Pad(cells[column], widths[column], IsRight(column)))));
        return Columns.Cut(line.TrimEnd(), width) + '\n';
    }

    private bool IsRight(int column) => headings[column].StartsWith('>');
}
