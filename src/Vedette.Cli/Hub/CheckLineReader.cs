using System.Text.Json;

namespace Vedette.Cli.Hub;

/// <summary>
/// Reads an array of <see cref="CheckLine"/> while it comes. By hand: for a program that asks once, having a serializer made for a record
/// takes longer than reading ten thousand of them.
/// </summary>
internal sealed class CheckLineReader
{
    private const int FirstSize = 64 * 1024;

    /// <summary>The bytes that a line takes at most; the longest that a hub writes is far below.</summary>
    public const int LongestLine = 1024 * 1024;

    /// <summary>The checks of one answer at most; no hub has nearly as many.</summary>
    public const int MostLines = 1_000_000;

    // In the order in which a hub writes them.
    private static readonly JsonEncodedText[] Keys = Array.ConvertAll(
        ["id", "kind", "target", "name", "every", "owner", "lifecycle", "status", "since", "lastRunAt", "lastStatus", "latencySeconds", "nextRunAt", "reason", "message"], key => JsonEncodedText.Encode(key));

    private readonly List<CheckLine> lines = [];
    private byte[] buffer = new byte[FirstSize];
    private int filled;
    private JsonReaderState state;

    private CheckLineReader()
    {
    }

    /// <summary>Reads all of them.</summary>
    /// <exception cref="JsonException">It is no such array.</exception>
    public static IReadOnlyList<CheckLine> Read(Stream content)
    {
        var reader = new CheckLineReader();
        while (true)
        {
            var read = content.Read(reader.buffer.AsSpan(reader.filled));
            reader.Take(read);
            if (read == 0) return reader.lines;
        }
    }

    // What is left over begins the next piece.
    private void Take(int read)
    {
        filled += read;
        var json = new Utf8JsonReader(buffer.AsSpan(0, filled), isFinalBlock: read == 0, state);
        try
        {
            TakeLines(ref json);
        }
        catch (InvalidOperationException e)
        {
            // The parser looks at the form only; that a value is of another type, or a text none, comes out when it is read (RFC 8259 section 8).
            throw new JsonException("not a list of checks", e);
        }

        state = json.CurrentState;
        var used = (int)json.BytesConsumed;
        filled -= used;
        Array.Copy(buffer, used, buffer, 0, filled);
        if (filled < buffer.Length) return;
        if (filled >= LongestLine) throw new JsonException("a check is longer than any is");
        Array.Resize(ref buffer, filled * 2);
    }

    private void TakeLines(ref Utf8JsonReader json)
    {
        // A line that is not whole is read again when there is more of it.
        for (var ahead = json; ahead.Read(); json = ahead)
        {
            if (ahead.TokenType == JsonTokenType.StartObject && ahead.CurrentDepth == 1)
            {
                if (TryTakeLine(ref ahead) is not { } line) return;
                if (lines.Count == MostLines) throw new JsonException("more checks than any hub has");
                lines.Add(line);
            }
            else if (ahead.CurrentDepth > 0 || ahead.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray)) throw new JsonException("not a list of checks");
        }
    }

    // Null when the line is not whole yet. What it does not know is left to the programs that do.
    private static CheckLine? TryTakeLine(ref Utf8JsonReader json)
    {
        string? id = null, kind = null, target = null, name = null, owner = null, reason = null, message = null;
        TimeSpan interval = default;
        Lifecycle? lifecycle = null;
        Status? status = null, lastStatus = null;
        DateTimeOffset? since = null, lastRunAt = null, nextRunAt = null;
        double? latency = null;
        var next = 0;
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.EndObject)
            {
                return new(
                    id ?? throw Incomplete(), kind ?? throw Incomplete(), target ?? throw Incomplete(), name, interval, owner,
                    lifecycle ?? throw Incomplete(), status ?? throw Incomplete(), since, lastRunAt, lastStatus, latency, nextRunAt, reason, message);
            }

            var key = Key(ref json, next++);
            if (!json.Read()) return null;
            switch (key)
            {
                case "id": id = WordOf(ref json); break;
                case "kind": kind = WordOf(ref json); break;
                case "target": target = json.GetString(); break;
                case "name": name = json.GetString(); break;
                case "every": interval = Duration(ref json); break;
                case "owner": owner = json.GetString(); break;
                case "lifecycle": lifecycle = LifecycleOf(ref json); break;
                case "status": status = StatusOf(ref json); break;
                case "since": since = Time(ref json); break;
                case "lastRunAt": lastRunAt = Time(ref json); break;
                case "lastStatus": lastStatus = StatusOf(ref json); break;
                case "latencySeconds": latency = json.TokenType == JsonTokenType.Null ? null : json.GetDouble(); break;
                case "nextRunAt": nextRunAt = Time(ref json); break;
                case "reason": reason = json.GetString(); break;
                case "message": message = json.GetString(); break;
                default:
                    if (!json.TrySkip()) return null;
                    break;
            }
        }

        return null;
    }

    // A key at its usual place is not made a text of again.
    private static string? Key(ref Utf8JsonReader json, int place) => place < Keys.Length && json.ValueTextEquals(Keys[place].EncodedUtf8Bytes) ? Keys[place].Value : json.GetString();

    private static string WordOf(ref Utf8JsonReader json) => json.GetString() is { } word && Word.Fits(word) ? word : throw new JsonException("not the id or the kind of a check");

    private static TimeSpan Duration(ref Utf8JsonReader json) => Durations.TryParse(json.GetString(), out var duration) ? duration : throw new JsonException("not a duration");

    private static DateTimeOffset? Time(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Null ? null : json.TryGetDateTimeOffset(out var at) ? at : throw new JsonException("not a time");

    private static Lifecycle LifecycleOf(ref Utf8JsonReader json) =>
        json.ValueTextEquals("active"u8) ? Lifecycle.Active
        : json.ValueTextEquals("paused"u8) ? Lifecycle.Paused
        : json.ValueTextEquals("stopped"u8) ? Lifecycle.Stopped
        : throw new JsonException("not a lifecycle");

    private static Status? StatusOf(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Null ? null
        : json.ValueTextEquals("up"u8) ? Status.Up
        : json.ValueTextEquals("degraded"u8) ? Status.Degraded
        : json.ValueTextEquals("down"u8) ? Status.Down
        : json.ValueTextEquals("unknown"u8) ? Status.Unknown
        : throw new JsonException("not a status");

    private static JsonException Incomplete() => new("a check without a key that every check has");
}
