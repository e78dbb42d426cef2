using System.Net;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Dns;

/// <summary>Gets the answer to one question from one server, by whatever transport it takes, and measures that.</summary>
/// <param name="terms">What to ask and how.</param>
/// <param name="server">Who to ask.</param>
/// <param name="closing">Ends connections.</param>
/// <param name="seen">Takes phases, counts and the transport.</param>
/// <param name="run">Deadline and clock.</param>
internal sealed class DnsExchange(DnsTerms terms, IPEndPoint server, ClosingSockets closing, Observation seen, RunContext run)
{
    private readonly Tally tally = new();
    private TimeSpan? asking;
    private bool wasCut;

    /// <summary><c>udp</c> or <c>tcp</c>: what the last query went over.</summary>
    public string Transport { get; private set; } = terms.OverTcp ? "tcp" : "udp";

    /// <summary>Asks until there is an answer or a failure.</summary>
    public async ValueTask<Heard> PerformAsync()
    {
        var heard = await AskAsync(edns: true);

        // RFC 6891 section 7: a server from before EDNS says one of these to it.
        if (heard.Reply is { Rcode: DnsCodes.FormatError or DnsCodes.NotImplemented }) heard = await AskAsync(edns: false);
        if (asking is { } duration) seen.AddPhase("request", duration);
        seen.Describe("transport", Transport);
        seen.Measure("dns_query_succeeded", heard.Reply is null ? 0 : 1);
        seen.Measure("dns_retries_count", tally.Retries);
        seen.Measure("dns_ignored_replies_count", tally.Ignored);
        seen.Measure("dns_truncated", wasCut ? 1 : 0);
        return heard;
    }

    // RFC 7766 section 5: an answer that was cut is asked for again over TCP, whatever came of it.
    private async ValueTask<Heard> AskAsync(bool edns)
    {
        if (Transport == "tcp") return await AskOverTcpAsync(edns);
        tally.Sent = null;
        var heard = await UdpExchange.AskAsync(terms.Query, edns, server, tally, run);
        if (tally.Sent is { } sent) Asked(sent);
        if (heard.Reply is null || !heard.Reply.Has(DnsFlags.Truncated)) return heard;
        (Transport, wasCut) = ("tcp", true);
        return await AskOverTcpAsync(edns);
    }

    private async ValueTask<Heard> AskOverTcpAsync(bool edns)
    {
        var connected = await TcpConnector.ConnectAsync(server, run);
        connected.Describe(seen);
        if (connected.Failure is { } failure) return Heard.Nothing(failure);
        var start = run.Elapsed;
        Heard heard = default;
        try
        {
            heard = await TcpExchange.AskAsync(terms.Query, edns, connected.Socket!, server, tally, run);
            Asked(start);
            return heard;
        }
        finally
        {
            // After a whole answer nothing is left to say.
            closing.Close(connected.Socket!, server, spoken: heard.Reply is null);
        }
    }

    private void Asked(TimeSpan start) => asking = (asking ?? TimeSpan.Zero) + run.Elapsed - start;
}
