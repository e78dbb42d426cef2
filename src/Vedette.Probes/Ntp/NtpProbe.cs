using Vedette.Linux.Host;
using Vedette.Probes.Datagrams;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Ntp;

/// <summary>Asks a time server for the time, as a client that believes nothing it cannot check (RFC 5905).</summary>
public sealed class NtpProbe : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "ntp",
        Summary = "asks a time server, and how far the clocks are apart",
        TargetForm = "HOST[:PORT]",
        RefuseTarget = Targets.RefuseHostMaybePort,
        Options =
        [
            new("samples", OptionType.Integer, "questions a run asks, 2 s apart; the answer that came soonest counts") { Default = "1", Least = 1, Most = 8 },
            new("maxOffset", OptionType.Duration, "how far the clocks may be apart beyond doubt; any distance if not set"),
            new("maxStratum", OptionType.Integer, "how far the server may be from a primary source") { Default = "15", Least = 1, Most = 15 },
            SharedOptions.Family,
        ],
        Phases = ["resolve", "rtt"],
        LatencyPhase = "rtt",
        Measurements =
        [
            new("ntp_offset_seconds", "seconds", "how far this host's clock is behind the server's; negative when it is ahead"),
            new("ntp_uncertainty_seconds", "seconds", "how far the offset may be wrong: half the round trip and the server's root distance"),
            new("ntp_rtt_seconds", "seconds", "the round trip without the time the server took"),
            new("ntp_stratum", "", "steps from a primary source, 1 to 15; 0 is no time but a kiss code"),
            new("ntp_leap", "", "1 and 2: the last minute of the day has 61 or 59 s; 3: not synchronized"),
            new("ntp_root_delay_seconds", "seconds", "round trip from the server to its primary source"),
            new("ntp_root_dispersion_seconds", "seconds", "what may have gone wrong between the server and its primary source"),
            new("ntp_reference_age_seconds", "seconds", "since the server's clock was last set, by that clock"),
            new("ntp_samples_sent_count", "", "questions asked"),
            new("ntp_samples_received_count", "", "answers that gave the time"),
            new("ntp_ignored_count", "", "datagrams that were not the answer to the question"),
        ],
        Attributes = ["address", "family", "clock", "reference_id", "kiss_code", "reported_by"],
    };

    // An answer without extensions has 48 bytes; with several large ones it fits, too.
    private const int LargestRead = 2048;

    // RFC 5905 section 13: the packets of a burst are 2 s apart, and rate limits are made for that.
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(2);

    private readonly NtpSurroundings around;

    /// <summary>Makes one.</summary>
    /// <param name="resolver">Finds the address.</param>
    public NtpProbe(Resolver resolver)
        : this(resolver, Spacing, HostClock.Read)
    {
    }

    internal NtpProbe(Resolver resolver, TimeSpan spacing, Func<HostClock?> clock) =>
        around = new(resolver, new ReceiveBatches(capacity: 8, LargestRead), new KissMemory(), spacing, clock);

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options) => new BoundNtp(around, target, options).RunAsync;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>What all checks of the kind share.</summary>
/// <param name="Resolver">Finds addresses.</param>
/// <param name="Batches">Room for answers.</param>
/// <param name="Kisses">What servers said of being asked.</param>
/// <param name="Spacing">How long after a question of a run the next one goes.</param>
/// <param name="Clock">The state of this host's clock.</param>
internal sealed record NtpSurroundings(Resolver Resolver, ReceiveBatches Batches, KissMemory Kisses, TimeSpan Spacing, Func<HostClock?> Clock);
