using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vedette.Probes.Http;

/// <summary>One condition on a JSON body: <c>$.a.b[0] == "text"</c>, with <c>==</c> or <c>!=</c> and a JSON literal, or the path alone for "is there".</summary>
internal sealed partial class JsonPath
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly string text;
    private readonly List<object> steps = [];
    private readonly bool negated;
    private readonly JsonElement? literal;

    private JsonPath(Match match)
    {
        text = match.Value.Trim();
        foreach (Capture step in match.Groups["step"].Captures)
            steps.Add(step.Value[0] == '.' ? step.Value[1..] : int.Parse(step.Value.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture));
        negated = match.Groups["op"].Value == "!=";
        if (!match.Groups["literal"].Success) return;
        using var document = JsonDocument.Parse(match.Groups["literal"].Value);
        literal = document.RootElement.Clone();
    }

    /// <summary>Reads one; throws <see cref="FormatException"/> for what <see cref="Refuse"/> refuses.</summary>
    public static JsonPath Parse(string text) => TryParse(text) ?? throw new FormatException(Refuse(text));

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Refuse(string text) =>
        TryParse(text) is null ? $"'{text}' is not of the form $.a.b[0] == \"text\"" : null;

    /// <summary>Null when the body fulfils it, else a sentence.</summary>
    public string? Explain(ReadOnlyMemory<byte> body)
    {
        try
        {
            // RFC 8259 section 8.1: none should be sent, and one that was may be passed over.
            if (body.Span.StartsWith(ByteOrderMark)) body = body[ByteOrderMark.Length..];
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            return Explain(document.RootElement);
        }
        catch (JsonException e)
        {
            return $"the body is not JSON: {e.Message}";
        }
        catch (InvalidOperationException)
        {
            // RFC 8259 section 8.2: half a surrogate pair, escaped, keeps to the grammar and is no text all the same.
            return $"{text}: the body escapes characters that do not exist";
        }
    }

    private string? Explain(JsonElement root)
    {
        if (Find(root) is not { } found) return $"{text}: the body has no such element";
        if (literal is null || JsonElement.DeepEquals(found, literal.Value) != negated) return null;
        var seen = found.GetRawText();
        return $"{text}: it was {(seen.Length <= 60 ? seen : seen[..60] + "...")}";
    }

    private JsonElement? Find(JsonElement root)
    {
        var current = root;
        foreach (var step in steps)
        {
            if (step is string name && current.ValueKind == JsonValueKind.Object && current.TryGetProperty(name, out var member)) current = member;
            else if (step is int index && current.ValueKind == JsonValueKind.Array && index < current.GetArrayLength()) current = current[index];
            else return null;
        }

        return current;
    }

    private static JsonPath? TryParse(string text)
    {
        var match = Grammar.Match(text);
        if (!match.Success) return null;
        try
        {
            return new JsonPath(match);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("""\A\s*\$(?<step>\.[A-Za-z_][A-Za-z0-9_-]*|\[[0-9]{1,9}\])*\s*((?<op>==|!=)\s*(?<literal>.+?)\s*)?\z""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar { get; }
}
