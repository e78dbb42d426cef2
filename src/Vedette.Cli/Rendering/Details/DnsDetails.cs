using System.Text.Json;

namespace Vedette.Cli.Rendering.Details;

/// <summary>An answer of a name server in the form of <c>dig</c>: a line of flags, then owner, TTL, class, type and data of each record.</summary>
internal static class DnsDetails
{
    public static IEnumerable<string> Lines(JsonElement details)
    {
        if (!details.TryGetProperty("rcode", out var rcode)) yield break;
        var flags = string.Join(' ', details.GetProperty("flags").EnumerateArray());
        yield return $";; {rcode}, flags: {flags}; {details.GetProperty("transport")} {details.GetProperty("server")}";
        foreach (var error in Array(details, "errors")) yield return $";; EDE: {Error(error)}";
        foreach (var line in Section(details, "answers")) yield return line;
        var authority = Section(details, "authority").ToList();
        if (authority.Count > 0) yield return ";; AUTHORITY";
        foreach (var line in authority) yield return line;
        if (details.TryGetProperty("leftOut", out var leftOut)) yield return $";; {leftOut} more records";
    }

    private static string Error(JsonElement error)
    {
        var text = $"{error.GetProperty("code")} ({error.GetProperty("name")})";
        return error.TryGetProperty("text", out var more) ? $"{text}: {more}" : text;
    }

    private static IEnumerable<string> Section(JsonElement details, string name)
    {
        var records = Array(details, name).Select(record => (Owner: Text(record, "owner"), Ttl: Text(record, "ttl"), Class: Text(record, "class"), Type: Text(record, "type"), Data: Text(record, "data"))).ToList();
        if (records.Count == 0) return [];
        var (owner, ttl, type) = (records.Max(record => record.Owner.Length), records.Max(record => record.Ttl.Length), records.Max(record => record.Type.Length));
        return records.Select(record => $"{record.Owner.PadRight(owner)}  {record.Ttl.PadLeft(ttl)}  {record.Class}  {record.Type.PadRight(type)}  {record.Data}");
    }

    private static JsonElement.ArrayEnumerator Array(JsonElement details, string name) => details.TryGetProperty(name, out var array) ? array.EnumerateArray() : default;

    private static string Text(JsonElement record, string name) => record.GetProperty(name).ToString();
}
