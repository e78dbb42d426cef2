using System.Globalization;
using System.Text;

namespace Vedette.Cli.Rendering;

/// <summary>How many columns of a terminal text takes, and text cut to so many. Colours (ECMA-48 SGR) take none.</summary>
internal static class Columns
{
    /// <summary>The columns that wide and full-width characters begin and end at (Unicode UAX #11, East Asian Width W and F, in blocks), ascending.</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2E80, 0x303E), (0x3041, 0x4DBF), (0x4E00, 0xA4CF), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF),
        (0xFE30, 0xFE6F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>What the terminal is wide; null when the output goes elsewhere and nothing is to be cut.</summary>
    public static int? OfConsole => Console.IsOutputRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth;

    /// <summary>How many columns text takes.</summary>
    public static int Of(string text)
    {
        if (Ascii.IsValid(text) && !text.Contains('\e')) return text.Length;
        var columns = 0;
        for (var at = 0; at < text.Length;)
        {
            var (length, width) = Step(text, at);
            at += length;
            columns += width;
        }

        return columns;
    }

    /// <summary>The text with blanks up to a width.</summary>
    public static string Pad(string text, int width, bool right = false)
    {
        var blanks = Math.Max(0, width - Of(text));
        return right ? text.PadLeft(text.Length + blanks) : text.PadRight(text.Length + blanks);
    }

    /// <summary>The text, or as much of it as fits with an ellipsis.</summary>
    public static string Cut(string text, int? most)
    {
        if (most is not { } width || Of(text) <= width) return text;
        var cut = new StringBuilder();
        var (columns, full) = (0, false);
        for (var at = 0; at < text.Length;)
        {
            var (length, wide) = Step(text, at);
            // Colours are kept to the end, so that what was turned on is turned off.
            if (text[at] == '\e') cut.Append(text, at, length);
            else if (!full && columns + wide < width) (columns, _) = (columns + wide, cut.Append(text, at, length));
            else if (!full) (full, _) = (true, cut.Append('…'));
            at += length;
        }

        return cut.ToString();
    }

    /// <summary>Plain text in lines that fit, broken at blanks where there are any.</summary>
    public static IEnumerable<string> Wrap(string text, int? most)
    {
        if (most is null || Of(text) <= most)
        {
            yield return text.TrimStart(' ');
            yield break;
        }

        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && Of(line) + 1 + Of(word) > most)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : ' ' + word;
        }

        yield return line;
    }

    private static (int Length, int Width) Step(string text, int at)
    {
        if (text[at] == '\e' && text.IndexOf('m', at) is var end and > 0) return (end - at + 1, 0);
        if (!Rune.TryGetRuneAt(text, at, out var rune)) return (1, 1);
        return (rune.Utf16SequenceLength, Width(rune));
    }

    private static int Width(Rune rune)
    {
        if (rune.IsAscii) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return 0;
        foreach (var (first, last) in Wide)
            if (rune.Value <= last) return rune.Value >= first ? 2 : 1;
        return 1;
    }
}
