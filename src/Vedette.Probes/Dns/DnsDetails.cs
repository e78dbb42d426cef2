using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vedette.Probes.Dns;

/// <summary>The details of a result: the answer, record by record, cut to what a person reads.</summary>
internal static class DnsDetails
{
    private const int MostRecords = 64;
    private const int LongestData = 512;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // In the order of the header, which is the order of dig.
    private static readonly (DnsFlags Flag, string Name)[] Flags =
    [
        (DnsFlags.Response, "qr"), (DnsFlags.Authoritative, "aa"), (DnsFlags.Truncated, "tc"), (DnsFlags.RecursionDesired, "rd"), (DnsFlags.RecursionAvailable, "ra"),
        (DnsFlags.Authentic, "ad"), (DnsFlags.CheckingDisabled, "cd"),
    ];

    /// <summary>
    /// <c>server</c>, <c>transport</c>, <c>question</c>, <c>rcode</c>, <c>flags</c>, <c>edns</c>, <c>errors</c> (RFC 8914), <c>answers</c> and
    /// <c>authority</c> with <c>owner ttl class type data</c> each, and <c>leftOut</c>, how many records are not listed.
    /// </summary>
    public static string Of(DnsQuery query, DnsReply reply, string server, string transport)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("server", server);
            json.WriteString("transport", transport);
            json.WriteStartObject("question");
            json.WriteString("name", query.NameText);
            json.WriteString("type", DnsTypes.Name(query.Type));
            json.WriteEndObject();
            json.WriteString("rcode", DnsCodes.Rcode(reply.Rcode));
            WriteFlags(json, reply);
            json.WriteBoolean("edns", reply.HasEdns);
            if (reply.Errors.Count > 0) WriteErrors(json, reply.Errors);
            var leftOut = WriteRecords(json, "answers", reply.Answers, reply.Counts.Answers);
            leftOut += WriteRecords(json, "authority", reply.Authority, reply.Counts.Authority);
            if (leftOut > 0) json.WriteNumber("leftOut", leftOut);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteFlags(Utf8JsonWriter json, DnsReply reply)
    {
        json.WriteStartArray("flags");
        foreach (var (flag, name) in Flags)
            if (reply.Has(flag)) json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<ExtendedError> errors)
    {
        json.WriteStartArray("errors");
        foreach (var (code, text) in errors)
        {
            json.WriteStartObject();
            json.WriteNumber("code", code);
            json.WriteString("name", DnsCodes.ExtendedError(code));
            if (text.Length > 0) json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static int WriteRecords(Utf8JsonWriter json, string section, IReadOnlyList<DnsRecord> records, int count)
    {
        var most = Math.Min(records.Count, MostRecords);
        if (most > 0) json.WriteStartArray(section);
        for (var i = 0; i < most; i++)
        {
            var record = records[i];
            json.WriteStartObject();
            json.WriteString("owner", record.Owner);
            json.WriteNumber("ttl", record.Ttl);
            json.WriteString("class", DnsCodes.Class(record.Class));
            json.WriteString("type", DnsTypes.Name(record.Type));
            json.WriteString("data", record.Data.Length > LongestData ? record.Data[..LongestData] + "…" : record.Data);
            json.WriteEndObject();
        }

        if (most > 0) json.WriteEndArray();
        return count - most;
    }
}
