using System.Buffers;
using System.Text;
using System.Text.Json;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Http;

/// <summary>One request of a run and how far it got, for the details of the result.</summary>
/// <param name="shown">Its URL as results show it; the URL itself may be as long as a header, and is not kept.</param>
internal sealed class Hop(string shown)
{
    private readonly List<(string Name, TimeSpan Duration)> phases = new(5);

    /// <summary>Of the answer, when its header came.</summary>
    public int? Status { get; set; }

    /// <summary>What the server sent in its TLS handshake, if there was one.</summary>
    public SentCertificates? Certificates { get; set; }

    /// <summary>Adds a phase that was reached.</summary>
    public void AddPhase(string name, TimeSpan duration) => phases.Add((name, duration));

    /// <summary>
    /// <c>certificates</c>, those of the last handshake, and after a redirect <c>hops</c>: <c>url</c>, <c>status</c> and <c>phases</c> in
    /// seconds of each request. A single request is described by the result itself. Null when there is neither.
    /// </summary>
    public static string? ToDetails(IReadOnlyList<Hop> hops)
    {
        var certificates = hops.LastOrDefault(hop => hop.Certificates is not null)?.Certificates;
        if (hops.Count == 1) return certificates?.ToDetails();
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            certificates?.Write(json);
            json.WriteStartArray("hops");
            foreach (var hop in hops) hop.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("url", shown);
        if (Status is { } status) json.WriteNumber("status", status);
        json.WriteStartObject("phases");
        foreach (var (name, duration) in phases) json.WriteNumber(name, duration.TotalSeconds);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
