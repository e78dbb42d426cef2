namespace Vedette.Cli.Rendering;

/// <summary>The few colours in use, or none where nobody would see them (no terminal, or NO_COLOR set, see no-color.org).</summary>
internal sealed class Palette(bool colours)
{
    public static Palette ForConsole() =>
        new(!Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    /// <summary>A status with its glyph, so that colour is never alone in saying it.</summary>
    public string Status(Status status) => status switch
    {
        Vedette.Status.Up => Paint("● up", 32),
        Vedette.Status.Degraded => Paint("◐ degraded", 33),
        Vedette.Status.Down => Paint("✖ down", 31),
        _ => Paint("? unknown", 35),
    };

    public string Dim(string text) => Paint(text, 2);

    public string Bar(string text) => Paint(text, 36);

    private string Paint(string text, int code) => colours ? $"\e[{code}m{text}\e[0m" : text;
}
