using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vedette.Probes.Http;

/// <summary>One condition on a JSON body: <c>$.a.b[0] == "text"</c>, with <c>==</c> or <c>!=</c> and a JSON literal, or the path alone for "is there".</summary>
internal sealed partial class JsonPath
{
    private const int MostShown = 60;
    private static readonly JsonReaderOptions Grammatical = new() { MaxDepth = 64 };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly string text;
    private readonly List<object> steps = [];
    private readonly bool negated;
    private readonly JsonElement? literal;
    private readonly int literalTokens;

    private JsonPath(Match match)
    {
        text = match.Value.Trim();
        foreach (Capture step in match.Groups["step"].Captures)
            steps.Add(step.Value[0] == '.' ? step.Value[1..] : int.Parse(step.Value.AsSpan(1, step.Length - 2), CultureInfo.InvariantCulture));
        negated = match.Groups["op"].Value == "!=";
        if (!match.Groups["literal"].Success) return;
        using var document = JsonDocument.Parse(match.Groups["literal"].Value);
        literal = document.RootElement.Clone();
        literalTokens = Tokens(Encoding.UTF8.GetBytes(match.Groups["literal"].Value));
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
            return Judge(Whole(body));
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

    private string? Judge(ReadOnlyMemory<byte> root)
    {
        if (Find(root) is not { } found) return $"{text}: the body has no such element";
        return literal is null || IsLiteral(found) != negated ? null : $"{text}: it was {Show(found.Span)}";
    }

    // All of a body is JSON or none of it, wherever the path leads.
    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span, Grammatical);
        reader.Read();
        var whole = Skip(ref reader);
        reader.Read();
        return body[whole];
    }

    private ReadOnlyMemory<byte>? Find(ReadOnlyMemory<byte> json)
    {
        foreach (var step in steps)
        {
            if (Child(json.Span, step) is not { } child) return null;
            json = json[child];
        }

        return json;
    }

    // Of several members with one name the last counts.
    private static Range? Child(ReadOnlySpan<byte> json, object step)
    {
        var reader = new Utf8JsonReader(json, Grammatical);
        reader.Read();
        if (reader.TokenType != (step is string ? JsonTokenType.StartObject : JsonTokenType.StartArray)) return null;
        Range? found = null;
        for (var index = 0; reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray); index++)
        {
            var isIt = step is string name ? reader.ValueTextEquals(name) : index == (int)step;
            if (step is string) reader.Read();
            var child = Skip(ref reader);
            if (isIt) found = child;
        }

        return found;
    }

    private static Range Skip(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    // A document takes twelve bytes for every token, which may be two bytes itself; what has another number of them than the literal is not equal.
    private bool IsLiteral(ReadOnlyMemory<byte> found)
    {
        if (Tokens(found.Span) != literalTokens) return false;
        using var document = JsonDocument.Parse(found);
        return JsonElement.DeepEquals(document.RootElement, literal!.Value);
    }

    private static int Tokens(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Grammatical);
        var count = 0;
        while (reader.Read()) count++;
        return count;
    }

    private static string Show(ReadOnlySpan<byte> found)
    {
        var shown = Encoding.UTF8.GetString(found[..Math.Min(found.Length, MostShown * 4)]);
        return shown.Length <= MostShown ? shown : shown[..MostShown] + "...";
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
