namespace Vedette.Cli.Rendering;

/// <summary>The few colours in use, or none where nobody would see them (no terminal, a dumb one, or NO_COLOR set, see no-color.org).</summary>
internal sealed class Palette(bool colours)
{
    public static Palette ForConsole() =>
        new(!Console.IsOutputRedirected && GlobalOptions.Setting("NO_COLOR") is null && GlobalOptions.Setting("TERM") != "dumb");

    /// <summary>A status with its glyph, so that colour is never alone in saying it.</summary>
    public string Status(Status status) => status switch
    {
        Vedette.Status.Up => Of(status, "● up"),
        Vedette.Status.Degraded => Of(status, "◐ degraded"),
        Vedette.Status.Down => Of(status, "✖ down"),
        _ => Of(status, "? unknown"),
    };

    /// <summary>How a check stands, or where in its life it is when nothing is measured.</summary>
    public string Standing(WatchedCheck watched) => watched.Lifecycle switch
    {
        Lifecycle.Paused => Paint("‖ paused", 34),
        Lifecycle.Stopped => Paint("■ stopped", 34),
        _ => Status(watched.Status.Status),
    };

    public string Of(Status status, string text) => Paint(text, Colour(status));

    public string Strong(string text) => Paint(text, 1);

    public string Dim(string text) => Paint(text, 2);

    public string Bar(string text) => Paint(text, 36);

    /// <summary>What becomes of a check, by its sign.</summary>
    public string Of(StepAction action, string text) => action switch
    {
        StepAction.Add => Paint(text, 32),
        StepAction.Change => Paint(text, 33),
        StepAction.Remove => Paint(text, 31),
        _ => Dim(text),
    };

    private static int Colour(Status status) => status switch
    {
        Vedette.Status.Up => 32,
        Vedette.Status.Degraded => 33,
        Vedette.Status.Down => 31,
        _ => 35,
    };

    private string Paint(string text, int code) => colours ? $"\e[{code}m{text}\e[0m" : text;
}
