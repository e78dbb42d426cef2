using System.Net;

namespace Vedette.Probes.Dns;

/// <summary>What asking came to.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct Heard(DnsReply? Reply, Failure? Failure)
{
    public static Heard Nothing(Failure failure) => new(null, failure);

    /// <summary>Reads a message that is the answer.</summary>
    public static Heard Read(ReadOnlySpan<byte> message, DnsQuery query, IPEndPoint server) => DnsReply.Read(message, query, out var problem) is { } reply
        ? new(reply, null)
        : Nothing(Probes.Failure.Down(Reasons.ProtocolError, $"the answer of {server} is malformed: {problem}"));
}
