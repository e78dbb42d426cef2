using System.Globalization;

namespace Vedette.Probes.Dns;

/// <summary>What an answer is worth.</summary>
internal static class DnsVerdict
{
    // Reasons of this kind alone.
    public const string ServerFailed = "servfail";
    public const string QueryRefused = "query_refused";
    public const string RcodeMismatch = "rcode_mismatch";
    public const string NoData = "no_data";
    public const string Lame = "lame";
    public const string AliasLoop = "alias_loop";

    /// <summary>Records what the answer says in numbers.</summary>
    public static void Describe(Observation seen, DnsQuery query, DnsReply reply, AliasChain chain)
    {
        seen.Describe("rcode", DnsCodes.Rcode(reply.Rcode));
        seen.Measure("dns_rcode", reply.Rcode);
        seen.Measure("dns_answer_rrs", reply.Counts.Answers);
        seen.Measure("dns_authority_rrs", reply.Counts.Authority);
        seen.Measure("dns_additional_rrs", reply.Counts.Additional);
        seen.Measure("dns_authoritative", reply.Has(DnsFlags.Authoritative) ? 1 : 0);
        seen.Measure("dns_authenticated", reply.Has(DnsFlags.Authentic) ? 1 : 0);
        if (chain.LeastTtl is { } ttl) seen.Measure("dns_answer_ttl_seconds", ttl);
        if (query.Type == DnsTypes.Soa && chain.Records is [var soa, ..]) seen.Measure("dns_serial", Serial(soa.Data));
    }

    /// <summary>Judges it; the server is who answered, as sentences name it.</summary>
    public static Observation Judge(Observation seen, DnsTerms terms, DnsReply reply, AliasChain chain, string server)
    {
        var query = terms.Query;
        var name = chain.Name == query.NameText ? chain.Name : $"{query.NameText} leads to {chain.Name}, which";
        if (!terms.Rcodes.Contains(reply.Rcode)) return UnexpectedCode(seen, terms, reply, name, server);
        if (chain.Problem is { } endless) return seen.Down(AliasLoop, endless);
        if (!terms.MustHoldRecords) return seen.Up();
        if (chain.Records.Count == 0) return NoRecords(seen, query, reply, name, server);
        if (reply.Counts.Answers > DnsReply.MostKept && terms.Expected is not null)
            return seen.Down(Reasons.ExpectMismatch, $"{server} gave {reply.Counts.Answers} answers, which are more than can be expected ({DnsReply.MostKept})");
        return terms.Expected?.Compare(chain.Name, chain.Records) is { } difference ? seen.Down(Reasons.ExpectMismatch, difference) : seen.Up();
    }

    private static Observation UnexpectedCode(Observation seen, DnsTerms terms, DnsReply reply, string name, string server)
    {
        var (code, why) = (DnsCodes.Rcode(reply.Rcode), Why(reply));
        return reply.Rcode switch
        {
            DnsCodes.NameError => seen.Down(Reasons.NxDomain, $"{name} does not exist, says {server} ({code}){why}"),
            DnsCodes.ServerFailure => seen.Down(ServerFailed, $"{server} failed to find an answer for {terms.Query.NameText} ({code}){why}"),
            DnsCodes.Refused => seen.Down(QueryRefused, $"{server} refuses to answer for {terms.Query.NameText} ({code}){why}"),
            _ => seen.Down(RcodeMismatch, $"{server} answered {code} for {terms.Query.NameText}, expected was {string.Join(" or ", terms.Rcodes.Order().Select(DnsCodes.Rcode))}{why}"),
        };
    }

    // RFC 2308 section 2.2: without records but with NOERROR the name exists, unless the server knows nothing of it and only points elsewhere.
    private static Observation NoRecords(Observation seen, DnsQuery query, DnsReply reply, string name, string server)
    {
        var type = DnsTypes.Name(query.Type);
        if (reply.Rcode != DnsCodes.NoError) return seen.Down(NoData, $"{server} gave no {type} record for {query.NameText} ({DnsCodes.Rcode(reply.Rcode)})");
        return reply.Has(DnsFlags.Authoritative) || reply.Has(DnsFlags.RecursionAvailable)
            ? seen.Down(NoData, $"{name} exists and has no {type} record, says {server}{Why(reply)}")
            : seen.Down(Lame, $"{server} has no answer for {query.NameText}: it neither holds its zone nor asks others{Why(reply)}");
    }

    private static string Why(DnsReply reply) => reply.Errors is not [var error, ..] ? ""
        : error.Text.Length == 0 ? $": {DnsCodes.ExtendedError(error.Code)}"
        : $": {DnsCodes.ExtendedError(error.Code)}, {error.Text}";

    // The third part of an SOA record (RFC 1035 section 3.3.13).
    private static double Serial(string soa) => uint.Parse(soa.Split(' ')[2], CultureInfo.InvariantCulture);
}
