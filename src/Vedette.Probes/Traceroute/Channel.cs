using Vedette.Linux;
using Vedette.Linux.Sockets;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Traceroute;

/// <summary>What sends the packets of one trace and hears what comes back.</summary>
/// <param name="flow">From where to where.</param>
internal abstract class Channel(Flow flow) : IDisposable
{
    protected const int InboxSize = 8;
    protected const int LargestReply = 1500;

    public Flow Flow => flow;

    /// <summary>Whether it can have only one packet under way.</summary>
    public virtual bool OneByOne => false;

    protected ReceiveBatch Inbox { get; } = new(InboxSize, LargestReply);

    /// <summary>Sends one packet of the trace; why not, when this host refused.</summary>
    public abstract Failure? Send(Trace trace, int distance, TimeSpan now);

    /// <summary>Gives the trace all that came so far.</summary>
    public abstract void Read(Trace trace, TimeSpan now);

    /// <summary>Completes when there may be something to read.</summary>
    public abstract Task ReadyAsync();

    public abstract void Dispose();

    /// <summary>What an error message says, of a packet that is known to be ours; null when it is of no use.</summary>
    protected Reply? Interpret(ErrorReport report, int? shot, Arrival arrival, Instant read, ReadOnlySpan<byte> quote, int hidden)
    {
        var (expired, reassembly) = flow.IsV6 ? (report.Type == 3, report.Code == 1) : (report.Type == 11, report.Code == 1);

        // RFC 792: a host that waited in vain for the rest of the fragments is no hop.
        if (expired && reassembly) return null;
        return new Reply(shot, report.Reporter, arrival.At, read, arrival.HopLimit, Labels(report, quote, hidden))
        {
            Icmp = (report.Type, report.Code),
            Ending = expired ? null : End(report),
        };
    }

    private Ending End(ErrorReport report)
    {
        var port = flow.IsV6 ? (1, 4) : (3, 3);
        if (flow.TargetPort != 0 && (report.Type, report.Code) == port && report.Reporter.Equals(flow.Target)) return new(Reasons.PortUnreachable, report.Reporter);
        var failure = IcmpErrors.Explain(report.Type, report.Code, mtu: null, flow.Target, report.Reporter);
        if (failure.Reason == Reasons.NoNeighbor) failure = failure with { Message = $"{flow.Target}, or the router towards it, does not answer on its own network" };
        return new(failure.Reason, report.Reporter, failure);
    }

    private IReadOnlyList<MplsLabel> Labels(ErrorReport report, ReadOnlySpan<byte> quote, int hidden)
    {
        if (report.ExtensionsAt is { } at) return at <= quote.Length ? IcmpExtensions.Labels(quote[at..]) : [];
        return IcmpExtensions.Labels(IcmpExtensions.Unannounced(quote, HeaderSize + hidden));
    }

    // Options of IPv4, and extension headers of IPv6, are not among what this host sends.
    private int HeaderSize => flow.IsV6 ? 40 : 20;
}
