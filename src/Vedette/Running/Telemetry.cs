using System.Diagnostics.Metrics;

namespace Vedette;

/// <summary>Where the program's own instruments live.</summary>
public static class Telemetry
{
    /// <summary>The name listeners subscribe to.</summary>
    public const string Name = "Vedette";

    /// <summary>The one meter of the process.</summary>
    public static readonly Meter Meter = new(Name);
}
