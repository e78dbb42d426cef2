using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vedette.Hub.Live;

/// <summary>One message of the stream. Its JSON is made when the first reader wants it.</summary>
/// <param name="boot">The process that sends it.</param>
/// <param name="seen">How many messages someone has seen who has seen this one.</param>
/// <param name="kind">One of <see cref="LiveEvents"/>.</param>
/// <param name="check">The id of the check it is about; null for all.</param>
internal abstract class LiveEvent(string boot, long seen, string kind, string? check)
{
    // One for all messages, of which most are never read: it is held while one is written.
    private static readonly Lock Writing = new();

    private byte[]? json;

    /// <summary>Resumes after it.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{boot}-{seen}");

    public string Kind => kind;

    public string? Check => check;

    public byte[] Json
    {
        get
        {
            if (Volatile.Read(ref json) is { } written) return written;
            lock (Writing) return json ??= Write();
        }
    }

    protected abstract byte[] Write();
}

/// <summary>A message of a payload.</summary>
internal sealed class LiveEvent<T>(string boot, long seen, string kind, string? check, T payload, JsonTypeInfo<T> type) : LiveEvent(boot, seen, kind, check)
{
    protected override byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(payload, type);
}
