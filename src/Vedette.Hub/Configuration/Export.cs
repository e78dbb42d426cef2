using System.Text.Encodings.Web;
using System.Text.Json;
using Vedette.Hub.Checks;
using Vedette.State;

namespace Vedette.Hub.Configuration;

/// <summary>Writes checks as the configuration that makes them: what differs from the defaults, and of secrets where they come from.</summary>
internal static class Export
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>The document as JSON. A secret that was given in clear is its mask, which keeps what is stored when it is applied.</summary>
    public static byte[] Write(IEnumerable<CheckRecord> records, Catalogue catalogue)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteStartArray(ConfigurationDocument.ChecksKey);
            foreach (var record in records) Write(json, record, catalogue.Find(record.Check.Kind));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, CheckRecord record, KindDescriptor? kind)
    {
        var check = record.Check;
        json.WriteStartObject();
        json.WriteString("id", check.Id);
        json.WriteString("kind", check.Kind);
        json.WriteString("target", check.Target);
        if (check.Name is { } name) json.WriteString("name", name);
        json.WriteString("every", Durations.Format(check.Interval));
        if (kind is null || check.Timeout != CheckRules.UsualTimeout(kind, check.Interval)) json.WriteString("timeout", Durations.Format(check.Timeout));
        if (check.Parameters.Count > 0) WriteOptions(json, check.Parameters, record.Origin, kind);
        WriteList(json, "assert", check.Assertions, []);
        WriteList(json, "agents", check.Agents, [CheckDefaults.BuiltInAgent]);
        if (check.FailAfter != CheckDefaults.FailAfter) json.WriteNumber("failAfter", check.FailAfter);
        if (check.RecoverAfter != CheckDefaults.RecoverAfter) json.WriteNumber("recoverAfter", check.RecoverAfter);
        if (check.DownWhen != CheckDefaults.DownWhen) json.WriteString("downWhen", check.DownWhen);
        WriteList(json, "dependsOn", check.DependsOn, []);
        if (check.Labels.Count > 0)
        {
            json.WriteStartObject("labels");
            foreach (var (label, text) in check.Labels) json.WriteString(label, text);
            json.WriteEndObject();
        }

        if (record.Lifecycle != Lifecycle.Active) json.WriteString("lifecycle", record.Lifecycle.ToString().ToLowerInvariant());
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, string key, IReadOnlyList<string> texts, IReadOnlyList<string> usual)
    {
        if (texts.SequenceEqual(usual)) return;
        json.WriteStartArray(key);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteOptions(Utf8JsonWriter json, Parameters parameters, Origin origin, KindDescriptor? kind)
    {
        json.WriteStartObject("set");
        foreach (var (option, texts) in parameters)
        {
            // Without its kind nobody knows which options are secrets.
            var isOpen = kind?.Option(option) is { Secret: false };
            json.WritePropertyName(option);
            if (texts.Length != 1) json.WriteStartArray();
            for (var i = 0; i < texts.Length; i++)
                if (isOpen) json.WriteStringValue(texts[i]);
                else if (origin.Secrets.TryGet(CheckEntry.Place(option, i), out var source)) WriteSource(json, source);
                else json.WriteStringValue(KindDescriptor.SecretMask);
            if (texts.Length != 1) json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, string source)
    {
        var (from, name) = (source[..source.IndexOf(':', StringComparison.Ordinal)], source[(source.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        json.WriteStartObject();
        json.WriteString(from, name);
        json.WriteEndObject();
    }
}
