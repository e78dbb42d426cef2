using System.Net;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Icmp;

/// <summary>Sends echo requests and waits for their replies.</summary>
public sealed class IcmpProbe : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "icmp",
        Summary = "sends pings and waits for their replies",
        TargetForm = "HOST",
        RefuseTarget = Targets.RefuseHost,
        Options =
        [
            new("packets", OptionType.Integer, "how many to send; one answer is enough to be up") { Default = "1", Least = 1, Most = 100 },
            new("gap", OptionType.Duration, "time between two packets") { Default = "200ms" },
            new("size", OptionType.Integer, "bytes of payload") { Default = "56", Least = 8, Most = 65000 },
            new("ttl", OptionType.Integer, "hops the packets may take; the system's default if not set") { Least = 1, Most = 255 },
            new("dontFragment", OptionType.Boolean, "nobody may cut the packets") { Default = "false" },
            SharedOptions.Family,
            new("source", OptionType.Text, "the address of this host to send from; the routes choose if not set") { Refuse = RefuseSource },
        ],
        Phases = ["resolve", "setup", "rtt"],
        LatencyPhase = "rtt",
        Measurements =
        [
            new("icmp_packets_sent_count", "", "requests sent"),
            new("icmp_packets_received_count", "", "requests that were answered"),
            new("icmp_loss_ratio", "ratio", "share of the requests sent that were not answered in time"),
            new("icmp_duration_rtt_min_seconds", "seconds", "shortest round trip"),
            new("icmp_duration_rtt_max_seconds", "seconds", "longest round trip"),
            new("icmp_duration_rtt_stddev_seconds", "seconds", "standard deviation of the round trips"),
            new("icmp_jitter_seconds", "seconds", "mean difference between the round trips of neighbouring packets (RFC 3393)"),
            new("icmp_reply_hop_limit", "", "hops the last reply had left"),
            new("icmp_late_count", "", "replies to earlier runs of this check that came after those had ended"),
            new("icmp_duplicates_count", "", "replies beyond the first to a request, of this run or after the last"),
            new("icmp_next_hop_mtu_bytes", "bytes", "what the next hop takes, as the router said that could not cut the packet"),
        ],
        Attributes = ["address", "family", "reported_by"],
    };

    private readonly Resolver resolver;
    private readonly IcmpEngines engines;

    /// <summary>Makes one; it opens nothing before its first run.</summary>
    /// <param name="resolver">Finds the address.</param>
    public IcmpProbe(Resolver resolver)
        : this(resolver, new IcmpEngines())
    {
    }

    internal IcmpProbe(Resolver resolver, IcmpEngines engines) => (this.resolver, this.engines) = (resolver, engines);

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options) => new BoundPing(resolver, engines, target, options).RunAsync;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => engines.DisposeAsync();

    private static string? RefuseSource(string source) =>
        IPAddress.TryParse(Targets.Unbracket(source), out var address) && (source.Contains(':') || source.Count(c => c == '.') == 3) && !IPAddress.Any.Equals(address) && !IPAddress.IPv6Any.Equals(address)
            ? null
            : $"'{source}' is not an address; give one of this host's own";
}
