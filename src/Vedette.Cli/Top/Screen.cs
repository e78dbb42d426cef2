using System.Globalization;
using System.Text;

namespace Vedette.Cli.Top;

/// <summary>What the terminal shows, to write only what is another now (ECMA-48 CUP, EL, ED).</summary>
internal sealed class Screen
{
    private IReadOnlyList<string> shown = [];
    private int width;

    /// <summary>What to write so that these lines are shown, from the first line of the terminal on; empty when they are.</summary>
    /// <param name="lines">None wider than the terminal, and as many as it has lines.</param>
    /// <param name="columns">How wide the terminal is. One of another size has moved what was on it about.</param>
    public string Show(IReadOnlyList<string> lines, int columns)
    {
        var anew = columns != width || lines.Count != shown.Count;
        var text = new StringBuilder(anew ? "\e[0m\e[2J" : "");
        for (var at = 0; at < lines.Count; at++)
        {
            if (anew ? lines[at].Length == 0 : lines[at] == shown[at]) continue;
            text.Append(CultureInfo.InvariantCulture, $"\e[{at + 1};1H{lines[at]}");
            // Behind a line that fills the terminal the cursor is still in its last column, which would be erased.
            if (!anew && Rendering.Columns.Of(lines[at]) < columns) text.Append("\e[K");
        }

        (shown, width) = (lines, columns);
        return text.ToString();
    }

    /// <summary>Someone else has written on the terminal: everything is to be written again.</summary>
    public void Forget() => width = 0;
}
