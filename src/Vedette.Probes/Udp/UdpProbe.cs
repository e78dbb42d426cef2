using Vedette.Probes.Datagrams;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Udp;

/// <summary>Sends one datagram and judges what comes back: an answer, an error of the host or of the way, or nothing.</summary>
/// <param name="resolver">Finds the address.</param>
public sealed class UdpProbe(Resolver resolver) : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "udp",
        Summary = "sends a datagram and waits for the answer",
        TargetForm = "HOST:PORT",
        RefuseTarget = Targets.RefuseHostPort,
        Options =
        [
            new("send", OptionType.Text, @"bytes of the datagram (escapes \r \n \t \xHH); empty if not set") { Refuse = RefuseSend },
            new("expect", OptionType.Text, "bytes that an answer must hold; any answer will do if not set") { Refuse = Escapes.Refuse },
            new(ClosedIs, OptionType.Text, "what a closed port means; with up, it is what is wanted") { Choices = ["down", Wanted], Default = "down" },
            SharedOptions.Family,
        ],
        Phases = ["resolve", "rtt"],
        LatencyPhase = "rtt",
        Measurements =
        [
            new("udp_reply_bytes", "bytes", "length of the answer"),
            new("udp_ignored_count", "", "answers that did not hold what is expected"),
        ],
        Attributes = ["address", "family", "reported_by"],
    };

    internal const string ClosedIs = "closedIs";
    internal const string Wanted = "up";

    // RFC 768 and RFC 791: 65,535 bytes less both headers.
    private const int LargestSent = 65507;

    private readonly ReceiveBatches batches = new(capacity: 4, BoundDatagram.LargestRead);

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options) => new BoundDatagram(resolver, batches, target, options).RunAsync;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? RefuseSend(string text)
    {
        if (!Escapes.TryRead(text, out var bytes)) return Escapes.Refuse(text);
        return bytes.Length <= LargestSent ? null : $"is {bytes.Length} bytes long; a datagram holds at most {LargestSent}";
    }
}
