using System.Text;
using System.Text.Json;

namespace Vedette.Probes.Traceroute;

/// <summary>The hops of a trace as JSON.</summary>
internal static class TraceDetails
{
    /// <summary>
    /// <c>{"hops":[{"ttl":1,"addresses":["192.0.2.1"],"sent":3,"rtts":[0.0012,...],"replyTtl":64,"icmp":{"type":11,"code":0},
    /// "mpls":[{"label":24001,"tc":0,"bottom":true,"ttl":1}]},...]}</c>. Round trips are seconds; a hop that did not answer has no addresses.
    /// </summary>
    public static string Write(IReadOnlyList<Hop> hops)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("hops");
            foreach (var hop in hops) Write(json, hop);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static void Write(Utf8JsonWriter json, Hop hop)
    {
        json.WriteStartObject();
        json.WriteNumber("ttl", hop.Distance);
        json.WriteStartArray("addresses");
        foreach (var address in hop.Addresses) json.WriteStringValue(address.ToString());
        json.WriteEndArray();
        json.WriteNumber("sent", hop.Sent);
        json.WriteStartArray("rtts");
        foreach (var rtt in hop.Rtts) json.WriteNumberValue(rtt.TotalSeconds);
        json.WriteEndArray();
        if (hop.Last is { } last) Write(json, last);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Reply last)
    {
        if (last.HopLimit is { } hopLimit) json.WriteNumber("replyTtl", hopLimit);
        if (last.Icmp is { } icmp)
        {
            json.WriteStartObject("icmp");
            json.WriteNumber("type", icmp.Type);
            json.WriteNumber("code", icmp.Code);
            json.WriteEndObject();
        }

        if (last.Labels.Count == 0) return;
        json.WriteStartArray("mpls");
        foreach (var label in last.Labels)
        {
            json.WriteStartObject();
            json.WriteNumber("label", label.Label);
            json.WriteNumber("tc", label.TrafficClass);
            json.WriteBoolean("bottom", label.IsBottom);
            json.WriteNumber("ttl", label.TimeToLive);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
