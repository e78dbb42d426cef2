namespace Vedette.Hub.Configuration;

/// <summary>The file that a hub is configured by.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Prune">Whether a check that is not in it any more is removed.</param>
public sealed record ConfigurationSource(string Path, bool Prune)
{
    /// <summary>Owns the checks in it.</summary>
    internal string Owner => System.IO.Path.GetFileName(Path);
}
