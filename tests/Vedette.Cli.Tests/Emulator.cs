using System.Globalization;
using System.Text.RegularExpressions;
using Vedette.Cli.Rendering;

namespace Vedette.Cli.Tests;

/// <summary>A terminal of so much of ECMA-48 and xterm as is written to it here; a sequence that it does not know is an error.</summary>
internal sealed partial class Emulator(int width, int height)
{
    // The right half of a character that takes two columns.
    private const string Half = "";

    private string?[,] cells = new string?[height, width];
    private (string?[,] Cells, int Row, int Column) main;
    private string pending = "";
    private int row;
    private int column;

    public bool IsAlternate { get; private set; }

    public bool HidesCursor { get; private set; }

    public bool Wraps { get; private set; } = true;

    /// <summary>Whether anything was written in a colour.</summary>
    public bool SawColour { get; private set; }

    /// <summary>What a person reads on it, line by line.</summary>
    public IReadOnlyList<string> Lines => [.. Enumerable.Range(0, height).Select(Line)];

    public string Text => string.Join('\n', Lines).TrimEnd();

    /// <summary>Takes what a program wrote; a sequence that is cut waits for its rest.</summary>
    public Emulator Write(string text)
    {
        text = pending + text;
        var at = 0;
        while (at < text.Length && Step(text, at) is > 0 and var length) at += length;
        pending = text[at..];
        return this;
    }

    private string Line(int line) => string.Concat(Enumerable.Range(0, width).Select(at => cells[line, at] ?? " ")).TrimEnd();

    // How much of the text was taken; 0 when more has to come first.
    private int Step(string text, int at)
    {
        switch (text[at])
        {
            case '\e': return Sequence.Match(text, at) is { Success: true } sequence ? Control(sequence) : text.Length - at < 12 ? 0 : throw new FormatException($"The terminal does not know \\e{text[(at + 1)..(at + 12)]}");
            case '\r': column = 0; return 1;
            case '\n': Feed(); return 1;
            case '\b': column = Math.Max(0, column - 1); return 1;
            case '\a': return 1;
            case < ' ': throw new FormatException($"The terminal was sent the control character {(int)text[at]}");
        }

        var length = StringInfo.GetNextTextElementLength(text, at);
        if (char.IsHighSurrogate(text[at + length - 1])) return 0;
        Put(text.Substring(at, length));
        return length;
    }

    private void Put(string element)
    {
        var columns = Columns.Of(element);
        if (column + columns > width && !Wraps) column = width - columns;
        if (column + columns > width) (column, _) = (0, Feed());
        cells[row, column] = element;
        if (columns == 2) cells[row, column + 1] = Half;
        column += columns;
    }

    private bool Feed()
    {
        if (row < height - 1) return row++ >= 0;
        Array.Copy(cells, width, cells, 0, width * (height - 1));
        Erase(row, 0);
        return true;
    }

    private int Control(Match sequence)
    {
        var (mode, numbers, end) = (sequence.Groups["mode"].Value, sequence.Groups["numbers"].Value, sequence.Groups["end"].Value);
        switch (mode + end)
        {
            case "[m": SawColour |= numbers is not ("" or "0"); break;
            case "[H": (row, column) = numbers.Length == 0 ? (0, 0) : (Number(numbers.Split(';')[0]) - 1, Number(numbers.Split(';')[1]) - 1); break;
            case "[C": column = Math.Min(width - 1, column + (numbers.Length == 0 ? 1 : Number(numbers))); break;
            case "[K": Erase(row, Math.Min(column, width - 1)); break;
            case "[J" when numbers == "2": for (var line = 0; line < height; line++) Erase(line, 0); break;
            case "[?h" or "[?l": Set(numbers, end == "h"); break;
            case "=" or ">": break;
            default: throw new FormatException($"The terminal does not know {sequence.Value.Replace("\e", "\\e", StringComparison.Ordinal)}");
        }

        return sequence.Length;
    }

    private void Set(string mode, bool on)
    {
        switch (mode)
        {
            case "1049": Switch(on); break;
            case "25": HidesCursor = !on; break;
            case "7": Wraps = on; break;
            case "1" or "2004": break;
            default: throw new FormatException($"The terminal does not know the mode {mode}");
        }
    }

    // What was there before is there again afterwards.
    private void Switch(bool on)
    {
        if (on == IsAlternate) return;
        if (on) (main, cells) = ((cells, row, column), new string?[height, width]);
        else (cells, row, column) = main;
        IsAlternate = on;
    }

    private void Erase(int line, int from)
    {
        for (var at = from; at < width; at++) cells[line, at] = null;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\G\e(?<mode>\[\??)?(?<numbers>[0-9;]*)(?<end>[A-Za-z=>])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sequence { get; }
}
