using System.Globalization;

namespace Vedette.Hub.Configuration;

/// <summary>How the pieces of a document are named: <c>checks[3].set.packets</c>.</summary>
internal static class Paths
{
    public static string Key(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    public static string Item(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
