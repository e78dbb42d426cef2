using System.Net;
using Vedette.Linux.Host;
using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Dns;

/// <summary>Asks one name server one question, without the help of the system's resolver, and judges the answer.</summary>
public sealed class DnsProbe : IProbe
{
    /// <summary>What the kind is.</summary>
    public static readonly KindDescriptor Kind = new()
    {
        Kind = "dns",
        Summary = "asks a name server and judges its answer",
        TargetForm = "NAME",
        RefuseTarget = DnsTerms.RefuseTarget,
        Options =
        [
            new("server", OptionType.Text, "the name server, HOST or HOST:PORT; the first one of /etc/resolv.conf when not given") { Refuse = DnsTerms.RefuseServer },
            new("type", OptionType.Text, "the type of records, such as A, MX or TYPE65280; PTR for an address") { Default = "A", Refuse = DnsTypes.Refuse },
            new("transport", OptionType.Text, "udp goes on over tcp when the answer was cut") { Default = "udp", Choices = ["udp", "tcp"] },
            new("recursion", OptionType.Boolean, "whether the server is to ask others") { Default = "true" },
            new("expect", OptionType.Text, "the answers, no more and no fewer, in any order, with commas between them; may be repeated") { Repeatable = true, Refuse = ExpectedAnswers.Refuse },
            new("expectRcode", OptionType.List, "the response codes that are success") { Default = "NOERROR", Refuse = DnsCodes.Refuse },
        ],
        Phases = ["resolve", "connect", "request"],
        LatencyPhase = "request",
        Measurements =
        [
            new("dns_query_succeeded", "", "1 when an answer came and could be read"),
            new("dns_rcode", "", "response code of the answer"),
            new("dns_answer_rrs", "", "records in the answer section"),
            new("dns_authority_rrs", "", "records in the authority section"),
            new("dns_additional_rrs", "", "records in the additional section, with the one of EDNS"),
            new("dns_answer_ttl_seconds", "seconds", "least TTL of the records that answer, and of the aliases that lead to them"),
            new("dns_serial", "", "serial of the zone, for type SOA"),
            new("dns_authoritative", "", "1 when the server answered for a zone of its own (AA)"),
            new("dns_authenticated", "", "1 when the server says it verified the answer (AD)"),
            new("dns_truncated", "", "1 when the answer over UDP was cut (TC) and was asked for over TCP"),
            new("dns_retries_count", "", "how often the query was sent again because no answer came"),
            new("dns_ignored_replies_count", "", "messages that were not the answer: another id or question"),
        ],
        Attributes = ["address", "family", "transport", "rcode", "reported_by"],
    };

    private readonly Resolver resolver;
    private readonly NameServer nameServer;
    private readonly ClosingSockets closing = new(TimeProvider.System);

    /// <summary>Makes one that asks the system's name server unless a check names another.</summary>
    /// <param name="resolver">Finds the server's address.</param>
    public DnsProbe(Resolver resolver)
        : this(resolver, HostNetwork.NameServer)
    {
    }

    internal DnsProbe(Resolver resolver, Func<IPAddress?> findNameServer) => (this.resolver, nameServer) = (resolver, new NameServer(findNameServer));

    /// <inheritdoc/>
    public KindDescriptor Descriptor => Kind;

    /// <inheritdoc/>
    public ProbeRun Bind(string target, OptionValues options)
    {
        var terms = new DnsTerms(target, options);
        return run => RunAsync(terms, run);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => closing.DisposeAsync();

    private async ValueTask<Observation> RunAsync(DnsTerms terms, RunContext run)
    {
        var seen = new Observation();
        if ((terms.Server ?? System(run)) is not { } named)
            return seen.Unknown(Reasons.ResolverFailed, "this host names no name server in /etc/resolv.conf; give one with --set server=HOST");

        if (await resolver.FindAsync(named.Host, Family.Any, seen, run) is not { } address) return seen;
        var server = new IPEndPoint(address, named.Port);
        var exchange = new DnsExchange(terms, server, closing, seen, run);
        var heard = await exchange.PerformAsync();
        return heard.Reply is { } reply ? Conclude(seen, terms, reply, server, exchange.Transport) : heard.Failure!.Value.ApplyTo(seen);
    }

    /// <summary>Records what an answer says, and judges it.</summary>
    internal static Observation Conclude(Observation seen, DnsTerms terms, DnsReply reply, IPEndPoint server, string transport)
    {
        var chain = AliasChain.Follow(reply.Answers, terms.Query);
        DnsVerdict.Describe(seen, terms.Query, reply, chain);
        seen.Details = DnsDetails.Of(terms.Query, reply, server.ToString(), transport);
        return DnsVerdict.Judge(seen, terms, reply, chain, server.ToString());
    }

    private (string, int)? System(RunContext run) => nameServer.Find(run.Time) is { } address ? DnsTerms.At(address) : null;
}
