using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>Rows under aligned headings; what a terminal has no room for is cut from the right.</summary>
/// <param name="palette">For the headings.</param>
/// <param name="width">How many columns a line may take; null for any.</param>
/// <param name="headings">One a column; one that begins with <c>&gt;</c> is aligned to the right.</param>
internal sealed class Table(Palette palette, int? width, params string[] headings)
{
    private const string Gap = "  ";

    private readonly List<Row> rows = [];
    private readonly int[] widths = new int[headings.Length];

    /// <summary>Adds a row, with a note below it, as wide as there is room, when there is one.</summary>
    public void Add(string[] cells, string? note = null)
    {
        rows.Add(new(cells, note));
        for (var column = 0; column < widths.Length; column++) widths[column] = Math.Max(widths[column], Columns.Of(cells[column]));
    }

    /// <summary>Lines with a final newline. A column without any text is left out.</summary>
    public string Render()
    {
        var columns = new List<Column>();
        for (var index = 0; index < headings.Length; index++)
            if (widths[index] > 0) columns.Add(new(index, headings[index], widths[index]));
        var margin = $"{Gap}{new string(' ', new Column(0, headings[0], widths[0]).Width)}{Gap}";
        var text = new StringBuilder();
        Line(text, Array.ConvertAll(headings, heading => palette.Dim(heading.TrimStart('>'))), columns);
        foreach (var row in rows)
        {
            Line(text, row.Cells, columns);
            if (row.Note is not { } note) continue;
            foreach (var part in Columns.Wrap(note, width - margin.Length)) text.Append(Columns.Cut(margin + part, width)).Append('\n');
        }

        return text.ToString();
    }

    private void Line(StringBuilder text, string[] cells, List<Column> columns)
    {
        var (start, blanks) = (text.Length, 0);
        foreach (var column in columns)
        {
            var cell = cells[column.Index];
            var room = column.Width - Columns.Of(cell);
            blanks += Gap.Length + (column.IsRight ? room : 0);
            if (cell.Length > 0)
            {
                text.Append(' ', blanks).Append(cell);
                blanks = 0;
            }

            if (!column.IsRight) blanks += room;
        }

        if (width is not null)
        {
            var line = Columns.Cut(text.ToString(start, text.Length - start), width);
            text.Length = start;
            text.Append(line);
        }

        text.Append('\n');
    }

    private sealed record Row(string[] Cells, string? Note);

    private sealed class Column(int index, string heading, int widest)
    {
        public int Index => index;

        public int Width { get; } = Math.Max(widest, heading.TrimStart('>').Length);

        public bool IsRight { get; } = heading.StartsWith('>');
    }
}
