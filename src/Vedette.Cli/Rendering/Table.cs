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
    private readonly int[] widths = new int[headings.Length];
    private readonly StringBuilder line = new();

    /// <summary>Adds a row, with a note below it, as wide as there is room, when there is one.</summary>
    public void Add(string[] cells, string? note = null)
    {
        rows.Add((cells, note));
        for (var column = 0; column < widths.Length; column++) widths[column] = Math.Max(widths[column], Columns.Of(cells[column]));
    }

    /// <summary>Lines with a final newline. A column without any text is left out.</summary>
    public string Render()
    {
        Column[] columns = [.. headings.Index().Where(heading => rows.Exists(row => row.Cells[heading.Index].Length > 0)).Select(heading => new Column(heading.Index, heading.Item, widths[heading.Index]))];
        var margin = $"{Gap}{new string(' ', new Column(0, headings[0], widths[0]).Width)}{Gap}";
        var text = new StringBuilder();
        text.Append(Line([.. headings.Select(heading => palette.Dim(heading.TrimStart('>')))], columns)).Append('\n');
        foreach (var (cells, note) in rows)
        {
            text.Append(Line(cells, columns)).Append('\n');
            if (note is null) continue;
            foreach (var part in Columns.Wrap(note, width - margin.Length)) text.Append(Columns.Cut(margin + part, width)).Append('\n');
        }

        return text.ToString();
    }

    private string Line(string[] cells, Column[] columns)
    {
        line.Clear();
        foreach (var column in columns)
        {
            var cell = cells[column.Index];
            line.Append(Gap);
            if (column.IsRight) line.Append(' ', column.Width - Columns.Of(cell)).Append(cell);
            else line.Append(cell).Append(' ', column.Width - Columns.Of(cell));
        }

        return Columns.Cut(line.ToString().TrimEnd(), width);
    }

    private readonly struct Column(int index, string heading, int widest)
    {
        public int Index => index;

        public int Width { get; } = Math.Max(widest, heading.TrimStart('>').Length);

        public bool IsRight { get; } = heading.StartsWith('>');
    }
}
