using System.Globalization;

namespace Vedette.Hub.Configuration;

/// <summary>A check as a configuration gives it.</summary>
/// <param name="Path">Where in the document: <c>checks[3]</c>.</param>
/// <param name="Draft">What it is; complete, because what is left out has its default. A secret that is to stay as it is stored is its mask.</param>
/// <param name="Lifecycle">Where it is to be in its life; null leaves it where it is.</param>
/// <param name="Sources">Where values of options were taken from, as in <see cref="State.Origin.Secrets"/>.</param>
internal sealed record CheckEntry(string Path, CheckDraft Draft, Lifecycle? Lifecycle, NamedList<string> Sources)
{
    /// <summary>Names one value of an option among its sources.</summary>
    public static string Place(string option, int index) => string.Create(CultureInfo.InvariantCulture, $"{option}[{index}]");

    /// <summary>A source as it is kept.</summary>
    public static string Source(string from, string name) => $"{from}:{name}";
}
