using System.Globalization;
using System.Net;
using System.Text;

namespace Vedette.Probes.Dns;

/// <summary>The records an answer must hold, no more and no fewer, in any order.</summary>
internal sealed class ExpectedAnswers
{
    private const int MostNamed = 4;
    private const int LongestNamed = 100;

    // RFC 3597 section 5: the two signs \#, the length, the bytes.
    private static readonly RecordField[] Opaque = [RecordField.Word, RecordField.Number16, RecordField.RestHex];

    private readonly ushort type;
    private readonly Dictionary<string, string> wanted;

    /// <summary>Takes them as people type them or dig prints them.</summary>
    public ExpectedAnswers(ushort type, IEnumerable<string> values)
    {
        this.type = type;
        wanted = values.SelectMany(Split).DistinctBy(text => Key(type, text)).ToDictionary(text => Key(type, text));
    }

    /// <summary>What is wrong with a list of answers, or null.</summary>
    public static string? Refuse(string list)
    {
        if (Split(list).Any(text => text.Length == 0)) return $"'{list}' has an empty answer; write a comma within an answer as \\,";
        return Split(list).Any(text => text.StartsWith('"') && !IsClosed(text)) ? $"'{list}' has a quotation mark without its other one" : null;
    }

    /// <summary>What differs, in a sentence; null when nothing does.</summary>
    public string? Compare(string name, IReadOnlyList<DnsRecord> answers)
    {
        var missing = new Dictionary<string, string>(wanted);
        var surplus = new List<string>();
        foreach (var answer in answers)
        {
            var key = Key(type, answer.Data);
            if (!missing.Remove(key) && !wanted.ContainsKey(key)) surplus.Add(answer.Data);
        }

        if (missing.Count == 0 && surplus.Count == 0) return null;
        var parts = new List<string>(2);
        if (missing.Count > 0) parts.Add($"missing {List([.. missing.Values])}");
        if (surplus.Count > 0) parts.Add($"not expected {List(surplus)}");
        return $"the {DnsTypes.Name(type)} records of {name} are not those expected: {string.Join("; ", parts)}";
    }

    /// <summary>The answers of a list: what stands between commas that are neither in quotes nor behind a backslash.</summary>
    internal static List<string> Split(string list)
    {
        var answers = new List<string>();
        var (answer, quoted) = (new StringBuilder(), false);
        for (var i = 0; i < list.Length; i++)
        {
            var c = list[i];
            if (c == '\\' && i + 1 < list.Length) answer.Append(list[i + 1] == ',' && !quoted ? "" : "\\").Append(list[++i]);
            else if (c == ',' && !quoted) Next();
            else answer.Append(c);
            if (c == '"') quoted = !quoted;
        }

        Next();
        return answers;

        void Next()
        {
            answers.Add(answer.ToString().Trim());
            answer.Clear();
        }
    }

    /// <summary>What two texts of the same data have in common: part by part, by what each part is.</summary>
    internal static string Key(ushort type, string text)
    {
        var fields = text.StartsWith(@"\#", StringComparison.Ordinal) ? Opaque : RecordFields.Of(type) ?? Opaque;
        if (fields[0] == RecordField.Texts) return Unquote(text);
        var parts = Parts(text);
        var key = new StringBuilder(text.Length);
        for (var i = 0; i < fields.Length; i++)
        {
            var rest = i < parts.Count ? parts[i..] : [];
            var separator = fields[i] is RecordField.RestHex or RecordField.RestBase64 ? "" : " ";
            var part = i == fields.Length - 1 ? string.Join(separator, rest) : rest.Count > 0 ? rest[0] : "";
            key.Append(Normal(fields[i], part)).Append(' ');
        }

        return key.ToString();
    }

    private static string Normal(RecordField field, string part) => field switch
    {
        RecordField.Address4 or RecordField.Address6 => IPAddress.TryParse(part, out var address) ? address.ToString() : part,
        RecordField.Name => part.TrimEnd('.').ToUpperInvariant(),
        RecordField.Word or RecordField.RestHex or RecordField.Salt or RecordField.Hash or RecordField.Type or RecordField.Types => part.ToUpperInvariant(),
        RecordField.Text or RecordField.RestText => Unquote(part),
        RecordField.Parameters => part.Replace("\"", "", StringComparison.Ordinal),
        _ => part,
    };

    private static List<string> Parts(string text)
    {
        var parts = new List<string>();
        var (part, quoted) = (new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') quoted = !quoted;
            if (char.IsWhiteSpace(text[i]) && !quoted)
            {
                if (part.Length > 0) parts.Add(part.ToString());
                part.Clear();
                continue;
            }

            part.Append(text[i]);
            if (text[i] == '\\' && i + 1 < text.Length) part.Append(text[++i]);
        }

        if (part.Length > 0) parts.Add(part.ToString());
        return parts;
    }

    // The texts of a record are one text to those who read it (RFC 7208 section 3.3); the result has a character for each byte.
    private static string Unquote(string text)
    {
        var (bytes, quoted, hasQuotes) = (new StringBuilder(text.Length), false, text.StartsWith('"'));
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && hasQuotes) quoted = !quoted;
            else if (hasQuotes && !quoted) continue;
            else if (text[i] == '\\' && i + 1 < text.Length) bytes.Append(Unescape(text, ref i));
            else bytes.Append(text[i] < 128 ? text[i].ToString() : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text[i].ToString())));
        }

        return bytes.ToString();
    }

    private static char Unescape(string text, ref int i)
    {
        if (i + 3 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var b)) return text[++i];
        i += 3;
        return (char)b;
    }

    private static bool IsClosed(string text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == '"') quoted = !quoted;
        }

        return !quoted;
    }

    private static string List(List<string> texts)
    {
        var named = texts.Take(MostNamed).Select(text => text.Length > LongestNamed ? text[..LongestNamed] + "…" : text);
        return string.Join(", ", named) + (texts.Count > MostNamed ? $" and {texts.Count - MostNamed} more" : "");
    }
}
