using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vedette.Hub.Configuration;

/// <summary>
/// Writes nodes as the JSON of the API, noting where each piece stands in the file, and puts in what comes from elsewhere. A plain scalar is
/// a number, true, false or null only where JSON would write it in the same characters; <c>0100</c>, <c>0x00</c>, <c>on</c> stay texts.
/// </summary>
internal sealed partial class NodeJson(Utf8JsonWriter json, SecretSource secrets, PlacedProblems problems)
{
    // What a piece is, which decides what { env: NAME } means there.
    private enum Role
    {
        Document,
        Checks,
        Check,
        Options,
        Option,
        Labels,
        Value,
        Other,
    }

    /// <summary>Writes a whole document.</summary>
    public void Write(Node root) => Write(root, "", Role.Document);

    private void Write(Node node, string path, Role role)
    {
        problems.Place(path, node.Mark);
        switch (node)
        {
            case Node.Scalar scalar: Write(scalar); break;
            case Node.Map map when role is Role.Value or Role.Option && Reference(map) is { } reference: Write(reference, path, role); break;
            case Node.Map map: Write(map, path, role); break;
            case Node.List list: Write(list, path, role); break;
        }
    }

    private void Write(Node.Scalar scalar)
    {
        if (!scalar.IsPlain) json.WriteStringValue(scalar.Text);
        else if (scalar.Text is "" or "~" or "null" or "Null" or "NULL") json.WriteNullValue();
        else if (scalar.Text is "true" or "false") json.WriteBooleanValue(scalar.Text == "true");
        else if (scalar.Text.Length < 32 && JsonNumber.IsMatch(scalar.Text)) json.WriteRawValue(scalar.Text);
        else json.WriteStringValue(scalar.Text);
    }

    private void Write(Node.Map map, string path, Role role)
    {
        json.WriteStartObject();
        foreach (var entry in map.Entries)
        {
            var inner = Paths.Key(path, entry.Key);
            problems.Place(inner, entry.Mark);
            json.WritePropertyName(entry.Key);
            Write(entry.Value, inner, Inside(role, entry.Key));
        }

        json.WriteEndObject();
    }

    private void Write(Node.List list, string path, Role role)
    {
        json.WriteStartArray();
        for (var i = 0; i < list.Items.Count; i++) Write(list.Items[i], Paths.Item(path, i), role == Role.Checks ? Role.Check : role is Role.Value or Role.Option ? role : Role.Other);
        json.WriteEndArray();
    }

    private static Role Inside(Role role, string key) => role switch
    {
        Role.Document => key == ConfigurationDocument.ChecksKey ? Role.Checks : Role.Other,
        Role.Check => key switch { "set" => Role.Options, "labels" => Role.Labels, _ => Role.Value },
        Role.Options => Role.Option,
        Role.Labels => Role.Value,
        _ => Role.Other,
    };

    private static (string From, string Name, Mark Mark)? Reference(Node.Map map) =>
        map.Entries is [{ Key: SecretSource.Environment or SecretSource.File, Value: Node.Scalar { Text.Length: > 0 } name } only] ? (only.Key, name.Text, map.Mark) : null;

    // An option keeps where its value came from, so that an export can say it again.
    private void Write((string From, string Name, Mark Mark) reference, string path, Role role)
    {
        var (value, problem) = secrets.Take(reference.From, reference.Name);
        if (value is null)
        {
            problems.AddOnly(reference.Mark, path, problem!);
            json.WriteNullValue();
            return;
        }

        if (role == Role.Value)
        {
            json.WriteStringValue(value);
            return;
        }

        json.WriteStartObject();
        json.WriteString(ConfigurationDocument.ValueKey, value);
        json.WriteString(reference.From, reference.Name);
        json.WriteEndObject();
    }

    // RFC 8259 section 6.
    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex JsonNumber { get; }
}
