using System.Text.Json.Serialization;

namespace Vedette;

/// <summary>The section <c>storage</c> of a configuration: how much the hub keeps. What is null is as it is without.</summary>
/// <param name="Keep">How long results are kept.</param>
/// <param name="Size">How many bytes the database may take.</param>
public sealed record StorageTerms([property: JsonConverter(typeof(DurationConverter))] TimeSpan? Keep, long? Size)
{
    /// <summary>Says nothing.</summary>
    public static readonly StorageTerms None = new(null, null);

    /// <summary>The shortest time.</summary>
    public static readonly TimeSpan ShortestKeep = TimeSpan.FromHours(1);

    /// <summary>The longest time.</summary>
    public static readonly TimeSpan LongestKeep = TimeSpan.FromDays(3650);

    /// <summary>The least room: a few minutes of many checks.</summary>
    public const long LeastSize = 64L << 20;

    /// <summary>The most room.</summary>
    public const long MostSize = 16L << 40;
}
