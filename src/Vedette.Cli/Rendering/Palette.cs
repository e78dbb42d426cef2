namespace Vedette.Cli.Rendering;

/// <summary>The few colours in use, or none where nobody would see them (no terminal, a dumb one, or NO_COLOR set, see no-color.org).</summary>
internal sealed class Palette(bool colours)
{
    public static Palette ForConsole() =>
        new(!Console.IsOutputRedirected && GlobalOptions.Setting("NO_COLOR") is null && GlobalOptions.Setting("TERM") != "dumb");

    /// <summary>A status with its glyph, so that colour is never alone in saying it.</summary>
    public string Status(Status status) => Of(status, StatusWord(status));

    /// <summary>How a check stands, or where in its life it is when nothing is measured.</summary>
    public string Standing(Lifecycle lifecycle, Status status) => Of(lifecycle, status, StandingWord(lifecycle, status));

    /// <inheritdoc cref="Standing(Lifecycle, Status)"/>
    public string Standing(WatchedCheck watched) => Standing(watched.Lifecycle, watched.Status.Status);

    /// <summary>The glyph and word of that without any colour.</summary>
    public static string StandingWord(Lifecycle lifecycle, Status status) => lifecycle switch
    {
        Lifecycle.Paused => "‖ paused",
        Lifecycle.Stopped => "■ stopped",
        _ => StatusWord(status),
    };

    /// <inheritdoc cref="StandingWord(Lifecycle, Status)"/>
    public static string StandingWord(WatchedCheck watched) => StandingWord(watched.Lifecycle, watched.Status.Status);

    /// <summary>Text in the colour of how a check stands.</summary>
    public string Of(WatchedCheck watched, string text) => Of(watched.Lifecycle, watched.Status.Status, text);

    private string Of(Lifecycle lifecycle, Status status, string text) => Paint(text, lifecycle == Lifecycle.Active ? Colour(status) : 34);

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

    /// <summary>A whole line that stands out by its ground.</summary>
    public string Reverse(string text) => Paint(text, 7);

    private static string StatusWord(Status status) => status switch
    {
        Vedette.Status.Up => "● up",
        Vedette.Status.Degraded => "◐ degraded",
        Vedette.Status.Down => "✖ down",
        _ => "? unknown",
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
