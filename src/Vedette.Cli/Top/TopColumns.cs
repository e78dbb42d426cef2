using Vedette.Cli.Rendering;

namespace Vedette.Cli.Top;

/// <summary>How wide the columns of the table are; 0 for one that there is no room for.</summary>
/// <param name="Id">The check's id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Watches">Its target; why it is not up as well when <paramref name="Why"/> is 0.</param>
/// <param name="Latency">Of its latest run.</param>
/// <param name="Strip">Its latest runs.</param>
/// <param name="Since">How long it has stood so.</param>
/// <param name="Why">Why it is not up.</param>
internal sealed record TopColumns(int Id, int Name, int Kind, int Watches, int Latency, int Strip, int Since, int Why)
{
    /// <summary>What stands in front of the id: the mark of the selection, the glyph of the status, a blank.</summary>
    public const int Margin = 3;

    private const int Gap = 2;
    private const int HeadingWidth = 7;
    private const int LongestId = 32;
    private const int LongestName = 28;
    private const int LongestTarget = 44;
    private const int LongestStrip = 60;
    private const int LeastId = 16;
    private const int LeastName = 10;
    private const int LeastWatches = 16;
    private const int LeastStrip = 8;
    private const int LeastWhy = 30;
    private const int LatencyWidth = 8;
    private const int SinceWidth = 7;

    /// <summary>The columns for these checks on a terminal so wide: the most telling ones first, then those get longer that are cut.</summary>
    public static TopColumns Of(int width, IReadOnlyCollection<WatchedCheck> checks)
    {
        var longest = (Id: Math.Max(HeadingWidth, Longest(checks, check => check.Id, LongestId)), Name: Longest(checks, check => check.Name ?? "", LongestName), Kind: Longest(checks, check => check.Kind, LongestId), Target: Longest(checks, check => check.Target, LongestTarget));
        var room = Math.Max(1, width - Margin);
        var id = Math.Min(room, Math.Min(longest.Id, LeastId));
        room -= id;
        var latency = Take(ref room, LatencyWidth);
        var since = latency > 0 ? Take(ref room, SinceWidth) : 0;
        var watches = since > 0 ? Take(ref room, LeastWatches) : 0;
        var strip = watches > 0 ? Take(ref room, LeastStrip) : 0;
        var kind = strip > 0 ? Take(ref room, longest.Kind) : 0;
        Grow(ref id, longest.Id, ref room);
        var why = kind > 0 && watches + room >= longest.Target + LeastWhy + Gap ? Take(ref room, LeastWhy) : 0;
        var name = why > 0 && longest.Name > 0 ? Take(ref room, LeastName) : 0;
        if (why > 0) Grow(ref watches, longest.Target, ref room);
        if (name > 0) Grow(ref name, longest.Name, ref room);
        if (strip > 0) Grow(ref strip, Math.Min(LongestStrip, strip + (room / 3)), ref room);
        if (why > 0) why += room;
        else if (watches > 0) watches += room;
        return new(id, name, kind, watches, latency, strip, since, why);
    }

    /// <summary>Puts the cells of a row behind the margin, each cut or filled to its column.</summary>
    public string Line(string margin, string id, string name, string kind, string watches, string strip, string latency, string since, string why)
    {
        var line = margin + Cell(id, Id);
        foreach (var (text, width, right) in new[] { (name, Name, false), (kind, Kind, false), (watches, Watches, false), (strip, Strip, true), (latency, Latency, true), (since, Since, true), (why, Why, false) })
            if (width > 0) line += new string(' ', Gap) + Cell(text, width, right);
        return line;
    }

    private static string Cell(string text, int width, bool right = false) => Columns.Pad(Columns.Cut(text, width), width, right);

    private static int Take(ref int room, int width)
    {
        if (width + Gap > room) return 0;
        room -= width + Gap;
        return width;
    }

    private static void Grow(ref int width, int wanted, ref int room)
    {
        var more = Math.Clamp(wanted - width, 0, room);
        (width, room) = (width + more, room - more);
    }

    private static int Longest(IReadOnlyCollection<WatchedCheck> checks, Func<Check, string> text, int most) =>
        checks.Count == 0 ? LeastId : Math.Min(most, checks.Max(watched => Columns.Of(text(watched.Check))));
}
