using Vedette.Probes.Resolve;

namespace Vedette.Probes.Traceroute;

/// <summary>Finds the routers on the way to a host, and whether the way leads there.</summary>
public sealed class TracerouteProbe : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "traceroute",
        Summary = "finds the routers on the way to a host",
        TargetForm = "HOST",
        RefuseTarget = Targets.RefuseHost,
        DefaultTimeout = TimeSpan.FromSeconds(30),
        Options =
        [
            new("method", OptionType.Text, "what to send") { Choices = ["udp", "icmp", "tcp"], Default = "udp" },
            new("maxHops", OptionType.Integer, "how many hops away to look for the target") { Default = "30", Least = 1, Most = 64 },
            new("queries", OptionType.Integer, "packets to each hop that answers") { Default = "3", Least = 1, Most = 10 },
            new("port", OptionType.Integer, "where to send: 33434 with udp and 80 with tcp if not set; icmp has none") { Least = 1, Most = ushort.MaxValue },
            SharedOptions.Family,
        ],
        Phases = ["resolve", "trace", "rtt"],
        LatencyPhase = "rtt",
        Measurements =
        [
            new("traceroute_total_hops", "", "hops to the target, or to the farthest one that answered"),
            new("traceroute_silent_hops_count", "", "hops among them that did not answer"),
            new("traceroute_packet_loss_percent", "", "percent of the packets to the target itself that were not answered"),
            new("traceroute_route_hash", "", "the same number for the same route; hops that did not answer differ from none"),
            new("traceroute_duration_rtt_min_seconds", "seconds", "shortest round trip to the target"),
            new("traceroute_duration_rtt_max_seconds", "seconds", "longest round trip to the target"),
            new("traceroute_reply_hop_limit", "", "hops the last reply of the target had left"),
        ],
        Attributes = ["address", "family", "method", "flow", "route_hash", "nat_seen", "ended_with", "ended_by"],
    };

    private readonly Resolver resolver;
    private readonly Channels channels;

    /// <summary>Makes one; it opens nothing before its first run.</summary>
    /// <param name="resolver">Finds the address.</param>
    public TracerouteProbe(Resolver resolver)
        : this(resolver, new Channels(allowRaw: true))
    {
    }

    internal TracerouteProbe(Resolver resolver, Channels channels) => (this.resolver, this.channels) = (resolver, channels);

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options) => new BoundTrace(resolver, channels, target, options).RunAsync;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
