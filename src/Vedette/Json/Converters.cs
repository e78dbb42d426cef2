using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vedette;

/// <summary>Durations as text with a unit.</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Durations.TryParse(reader.GetString(), out var duration) ? duration : throw new JsonException("not a duration such as 20ms, 2s or 1m");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Durations.Format(value));
}

/// <summary>Times as <c>2026-01-01T00:00:00.000Z</c>: UTC, to the millisecond.</summary>
public sealed class UtcMillisecondsConverter : JsonConverter<DateTimeOffset>
{
    private const int UntilMilliseconds = 23;

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        // The form it is written in is read several times as fast as any other.
        if (!reader.HasValueSequence && reader.ValueSpan.EndsWith("Z"u8) && reader.TryGetDateTimeOffset(out var at)) return at;
        return DateTimeOffset.TryParse(reader.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out at)
            ? at
            : throw new JsonException("not a time such as 2026-01-01T00:00:00Z");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        // The round-trip form, cut behind the milliseconds, is written several times as fast as a form of one's own.
        Span<byte> text = stackalloc byte[32];
        value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[UntilMilliseconds] = (byte)'Z';
        writer.WriteStringValue(text[..(UntilMilliseconds + 1)]);
    }
}

/// <summary>A list of named numbers as one object.</summary>
public sealed class NamedNumbersConverter : JsonConverter<NamedList<double>>
{
    /// <inheritdoc/>
    public override NamedList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<KeyValuePair<string, double>>? items = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            (items ??= []).Add(new(name, reader.GetDouble()));
        }

        return items is null ? NamedList<double>.Empty : new(items);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, NamedList<double> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, number) in value)
            if (double.IsFinite(number)) writer.WriteNumber(name, number);
        writer.WriteEndObject();
    }
}

/// <summary>A list of named texts as one object.</summary>
public sealed class NamedTextsConverter : JsonConverter<NamedList<string>>
{
    /// <inheritdoc/>
    public override NamedList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<KeyValuePair<string, string>>? items = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            (items ??= []).Add(new(name, reader.GetString()!));
        }

        return items is null ? NamedList<string>.Empty : new(items);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, NamedList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, text) in value) writer.WriteString(name, text);
        writer.WriteEndObject();
    }
}

/// <summary>Options as one object; an option with several values is an array.</summary>
public sealed class ParametersConverter : JsonConverter<Parameters>
{
    /// <inheritdoc/>
    public override Parameters Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var parameters = Parameters.Empty;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            parameters = parameters.With(name, ReadValues(ref reader).AsSpan());
        }

        return parameters;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Parameters value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, values) in value)
        {
            writer.WritePropertyName(name);
            if (values.Length != 1) writer.WriteStartArray();
            foreach (var text in values) writer.WriteStringValue(text);
            if (values.Length != 1) writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static ImmutableArray<string> ReadValues(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return [reader.GetString()!];
        var values = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) values.Add(reader.GetString()!);
        return values.ToImmutable();
    }
}

/// <summary>Text that is JSON already; null is the empty object.</summary>
public sealed class RawJsonConverter : JsonConverter<string?>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement is { ValueKind: JsonValueKind.Object } json && !json.EnumerateObject().Any() ? null : document.RootElement.GetRawText();
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteRawValue(value ?? "{}");
}
