using System.Buffers;
using System.Text;
using System.Text.Json;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tls;

/// <summary>All properties of a server, each judged by itself, and the verdict that they make together.</summary>
internal sealed class TlsReport
{
    private const int MostShown = 10;

    private static readonly Status[] Worst = [Status.Down, Status.Unknown, Status.Degraded];

    private readonly Agreed? agreed;
    private readonly SentCertificates? certificates;
    private readonly UsedChain? chain;
    private readonly Moment moment;
    private readonly bool judges;
    private readonly Property[] session;
    private readonly Property[] certificate;

    /// <summary>Judges everything there is to judge.</summary>
    /// <param name="handshaken">What the handshake gave.</param>
    /// <param name="failure">Why it did not succeed in the end, or null.</param>
    /// <param name="terms">What was asked for.</param>
    /// <param name="chain">The way to a root, if the server sent certificates.</param>
    /// <param name="margins">How much time has to be left.</param>
    /// <param name="moment">When.</param>
    public TlsReport(Handshaken handshaken, Failure? failure, TlsTerms terms, UsedChain? chain, ExpiryMargins margins, Moment moment)
    {
        (agreed, certificates, this.chain, this.moment, judges) = (handshaken.Agreed, handshaken.Certificates, chain, moment, !terms.SkipVerify);
        session =
        [
            new("handshake", agreed is null ? "failed" : failure is null ? "done" : "done, then refused", failure),
            SessionRules.Version(agreed),
            SessionRules.Cipher(agreed),
            SessionRules.Alpn(agreed, terms.Alpn),
            SessionRules.ClientCertificate(handshaken, failure),
        ];
        certificate = chain is null ? Unseen(agreed is not null) : Judge(certificates!, chain, terms, margins, moment);
    }

    /// <summary>Adds what was seen, whatever the verdict.</summary>
    public void Describe(Observation seen)
    {
        if (agreed is not null) SessionRules.Describe(agreed, seen);
        if (session[^1] is { Name: SessionRules.ClientCertificateName, What: { } asked }) seen.Describe("tls_client_certificate", asked);
        if (chain is not null) DescribeChain(chain, seen);
        seen.Details = ToDetails();
    }

    /// <summary>Ends the run: a failed handshake first, then what is wrong with the certificate, then what is wrong with the session; what may wait comes last.</summary>
    public Observation Conclude(Observation seen)
    {
        Property[] judged = [session[0], .. judges ? certificate : [], .. session[1..]];
        var wrong = judged.Where(property => property.Problem is not null).OrderBy(property => Array.IndexOf(Worst, property.Problem!.Value.Status)).ToList();
        if (wrong.Count == 0) return seen.Up();
        var worst = wrong[0].Problem!.Value;
        var others = wrong.Where(property => property.Problem!.Value.Reason != worst.Reason).Select(property => property.Name).ToList();
        return (worst with { Message = others.Count == 0 ? worst.Message : $"{worst.Message}; also wrong: {string.Join(", ", others)}" }).ApplyTo(seen);
    }

    private static Property[] Judge(SentCertificates certificates, UsedChain chain, TlsTerms terms, ExpiryMargins margins, Moment moment) =>
    [
        moment.Judge(now => CertificateRules.Validity(chain, now)),
        CertificateRules.Trust(chain, ownRoots: terms.CaFile is not null),
        ChainRules.Complete(chain, certificates.Count),
        certificates.JudgeName(terms.ServerName),
        CertificateRules.Usage(chain),
        ChainRules.Key(chain),
        ChainRules.Signature(chain),
        moment.Judge(now => margins.Judge(chain, now)),
        new("revocation", null, Unjudged: "nothing is fetched from where a certificate says"),
    ];

    private static Property[] Unseen(bool shaken)
    {
        string[] names = ["validity", "trust", "chain", "name", "usage", "key", "signature", "expiry", "revocation"];
        var none = Failure.Down(Reasons.CertUntrusted, "the server sent no certificate that can be read");
        return [.. names.Select(name => shaken && name == "trust" ? new Property(name, "no certificate", none) : new Property(name, null, Unjudged: shaken ? "there is no certificate that can be read" : SessionRules.NotSeen))];
    }

    private void DescribeChain(UsedChain chain, Observation seen)
    {
        certificates!.Describe(seen);
        seen.Measure("tls_certificate_left_seconds", Math.Floor((chain.First.Until - moment.Now.UtcDateTime).TotalSeconds));
        seen.Measure("tls_chain_length", chain.Links.Count);
        seen.Measure("tls_sent_certificates_count", certificates.Count);
        if (chain.Links[0].Key.Bits is { } bits) seen.Measure("tls_key_bits", bits);
        seen.Describe("tls_first_to_expire", chain.First.Name);
    }

    private string ToDetails()
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (!judges) json.WriteBoolean("judged", false);
            json.WriteStartObject("properties");
            foreach (var property in session.Concat(certificate)) Write(json, property);
            json.WriteEndObject();
            if (chain is not null) Write(json, chain);
            certificates?.Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, Property property)
    {
        json.WriteStartObject(property.Name);
        if (property.Holds is { } holds) json.WriteBoolean("ok", holds);
        else json.WriteNull("ok");
        if (property.What is { } what) json.WriteString("what", what);
        if (property.Why is { } why) json.WriteString("why", why);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, UsedChain used)
    {
        json.WriteStartArray("chain");
        foreach (var link in used.Links.Take(MostShown)) Write(json, link);
        json.WriteEndArray();
        if (used.Links.Count > MostShown) json.WriteNumber("leftOut", used.Links.Count - MostShown);
    }

    private void Write(Utf8JsonWriter json, ChainLink link)
    {
        json.WriteStartObject();
        json.WriteString("name", link.Name);
        json.WriteString("issuer", link.Issuer);
        json.WriteString("notBefore", link.From);
        json.WriteString("notAfter", link.Until);
        json.WriteNumber("daysLeft", Math.Round((link.Until - moment.Now.UtcDateTime).TotalDays, 1));
        json.WriteString("key", link.Key.ToString());
        json.WriteString("signature", link.Signature);
        json.WriteBoolean("sent", link.IsSent);
        json.WriteEndObject();
    }
}
