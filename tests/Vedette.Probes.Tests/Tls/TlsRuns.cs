using System.Text.Json;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tls;

namespace Vedette.Probes.Tests.Tls;

/// <summary>The probe, and what a run of it says of each property.</summary>
internal static class TlsRuns
{
    public static readonly string[] Properties =
        ["handshake", "version", "cipher", "alpn", "clientCertificate", "validity", "trust", "chain", "name", "usage", "key", "signature", "expiry", "revocation"];

    public static async Task<Observation> RunAsync(string target, Parameters parameters, TimeSpan? timeout = null)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new TlsProbe(resolver, () => null);
        return await probe.RunAsync(target, parameters, timeout);
    }

    public static Parameters Trusting(this CertificateZoo zoo) => Parameters.Empty.With("serverName", CertificateZoo.Name).With("caFile", zoo.RootFile);

    /// <summary>The properties that do not hold. All of them have to be reported, whatever fails.</summary>
    public static IReadOnlyList<string> Wrong(this Observation seen)
    {
        using var details = JsonDocument.Parse(seen.Details.ShouldNotBeNull(seen.Message));
        var properties = details.RootElement.GetProperty("properties").EnumerateObject().ToList();
        properties.Select(property => property.Name).ShouldBe(Properties);
        foreach (var property in properties.Where(property => property.Value.GetProperty("ok").ValueKind != JsonValueKind.True))
            property.Value.GetProperty("why").GetString().ShouldNotBeNullOrEmpty(property.Name);
        return [.. properties.Where(property => property.Value.GetProperty("ok").ValueKind == JsonValueKind.False).Select(property => property.Name)];
    }

    public static string? Attribute(this Observation seen, string name) => seen.Attributes.FirstOrDefault(attribute => attribute.Key == name).Value;
}
