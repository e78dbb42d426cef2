using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vedette.Hub.Configuration;

/// <summary>
/// Writes a JSON document as YAML for people: blocks outside, lists of texts and references in one line. A text stands without quotes only
/// where every reader of YAML 1.1 and 1.2 sees that same text; all others are JSON strings, which YAML reads as they are.
/// </summary>
public static partial class YamlText
{
    private const int Deepest = 4;

    /// <summary>The whole text, with a final newline.</summary>
    public static string Write(JsonElement document)
    {
        var text = new StringBuilder();
        foreach (var section in document.EnumerateObject())
        {
            text.Append(section.Name).Append(':');
            if (section.Value.ValueKind == JsonValueKind.Array && section.Value.GetArrayLength() == 0) text.Append(" []\n");
            else if (section.Value.ValueKind == JsonValueKind.Array) Blocks(text.Append('\n'), section.Value);
            else text.Append(' ').Append(Flow(section.Value, 0)).Append('\n');
        }

        return text.ToString();
    }

    private static void Blocks(StringBuilder text, JsonElement items)
    {
        foreach (var item in items.EnumerateArray())
        {
            var lead = "  - ";
            foreach (var property in item.EnumerateObject())
            {
                text.Append(lead).Append(Key(property.Name)).Append(':');
                lead = "    ";
                if (property.Value.ValueKind != JsonValueKind.Object) text.Append(' ').Append(Flow(property.Value, 0)).Append('\n');
                else Lines(text.Append('\n'), property.Value);
            }
        }
    }

    private static void Lines(StringBuilder text, JsonElement map)
    {
        foreach (var property in map.EnumerateObject()) text.Append("      ").Append(Key(property.Name)).Append(": ").Append(Flow(property.Value, 0)).Append('\n');
    }

    private static string Flow(JsonElement json, int depth) => json.ValueKind switch
    {
        JsonValueKind.String => Scalar(json.GetString()!),
        JsonValueKind.Array when depth < Deepest => $"[{string.Join(", ", json.EnumerateArray().Select(item => Flow(item, depth + 1)))}]",
        JsonValueKind.Object when depth < Deepest => $"{{ {string.Join(", ", json.EnumerateObject().Select(property => $"{Key(property.Name)}: {Flow(property.Value, depth + 1)}"))} }}",
        _ => json.GetRawText(),
    };

    private static string Key(string name) => IsPlain(name) ? name : Quoted(name);

    private static string Scalar(string text) => IsPlain(text) ? text : Quoted(text);

    private static bool IsPlain(string text) => text.Length < 200 && (text is "true" or "false" || Address.IsMatch(text) || (PlainText.IsMatch(text) && !OtherThanText.IsMatch(text)));

    // As JSON, but with what YAML takes for a line break or no character at all (1.2.2 sections 5.1 and 5.4) escaped, and all other runes as they are.
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder().Append('"');
        foreach (var c in text)
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c is '\n') quoted.Append("\\n");
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF') quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else quoted.Append(c);
        return quoted.Append('"').ToString();
    }

    // No blanks next to a colon or a number sign, nothing that begins or ends a flow, no indicator first.
    [GeneratedRegex(@"\A[A-Za-z0-9/$.][A-Za-z0-9/._$%=<>()+~;?&-]*(:[A-Za-z0-9/._$%=<>()+~;?&-]+)*( [A-Za-z0-9/._$%=<>()+~;?&-]+)*\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PlainText { get; }

    // No number has three points, though it looks like one at first.
    [GeneratedRegex(@"\A[0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]{1,5})?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Address { get; }

    // What YAML 1.1 or 1.2 takes for a number, a truth, nothing or a time. Whole numbers, true and false may stay: they are the same characters wherever they end as text.
    [GeneratedRegex(@"\A(y|n|yes|no|on|off|true|false|null|[-+.]?[0-9][0-9_]*[.eExXoObB:].*|[-+.].*|0[0-9_].*|[0-9]+[-:_].*|[0-9]{10,}|\.?(inf|nan)|=)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex OtherThanText { get; }
}
