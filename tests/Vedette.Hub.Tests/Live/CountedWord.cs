using System.Text.Json.Serialization;

namespace Vedette.Hub.Tests.Live;

/// <summary>Counts how often it is written as JSON.</summary>
internal sealed class CountedWord
{
    private int written;

    [JsonIgnore]
    public int Written => Volatile.Read(ref written);

    public int Word => Interlocked.Increment(ref written);
}
