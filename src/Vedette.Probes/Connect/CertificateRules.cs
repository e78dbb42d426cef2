using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>What every client demands of a server's certificate, each rule by itself.</summary>
internal static class CertificateRules
{
    /// <summary>RFC 5280 section 6.1.3: now lies within the time of every certificate of the chain.</summary>
    public static Property Validity(UsedChain chain, DateTimeOffset now)
    {
        var leaf = chain.Links[0];
        var what = $"{leaf.From:yyyy-MM-dd HH:mm} to {leaf.Until:yyyy-MM-dd HH:mm} UTC";
        foreach (var link in chain.Links)
        {
            var whose = link == leaf ? $"the certificate for {link.Name}" : $"{link.Name}, which the chain needs,";
            if (now.UtcDateTime > link.Until) return new("validity", what, Failure.Down(Reasons.CertExpired, $"{whose} expired on {link.Until:yyyy-MM-dd HH:mm} UTC"));
            if (now.UtcDateTime < link.From) return new("validity", what, Failure.Down(Reasons.CertNotYetValid, $"{whose} is not valid before {link.From:yyyy-MM-dd HH:mm} UTC"));
        }

        return new("validity", what);
    }

    /// <summary>The chain leads to a trusted root; where an issuer is missing, whose fault that most likely is.</summary>
    /// <param name="chain">As it was followed.</param>
    /// <param name="ownRoots">Whether the check names its roots (<c>caFile</c>).</param>
    public static Property Trust(UsedChain chain, bool ownRoots)
    {
        var (leaf, last) = (chain.Links[0], chain.Links[^1]);
        if (chain.IsTrusted) return new("trust", $"by {(last.IsSelfIssued ? last.Name : last.Issuer)}");
        var where = ownRoots ? "not among the roots of caFile" : "not among this host's roots";
        var what = $"issued by {(last.IsSelfIssued ? last.Name : last.Issuer)}";
        if (chain.IsOfAnotherRoot) return Untrusted($"the chain of {leaf.Name} is complete, but {last.Issuer} is {where}");
        if (chain.LacksIssuer && !last.IsSelfIssued) return new("trust", what, Missing(last, where, ownRoots));
        if (!chain.Flaws.HasFlag(X509ChainStatusFlags.UntrustedRoot)) return Untrusted($"the certificate for {leaf.Name} is not trusted: {chain.Explanation}");
        return Untrusted(last == leaf ? $"the certificate for {leaf.Name} is self-signed and {where}" : $"the chain of {leaf.Name} ends at {last.Name}, which is {where}");

        Property Untrusted(string why) => new("trust", what, Failure.Down(Reasons.CertUntrusted, why));
    }

    /// <summary>RFC 9525 section 6: only subjectAltName counts, never the common name; an address needs an iPAddress entry.</summary>
    public static Property Name(X509Certificate2 leaf, string name)
    {
        var bare = IPAddress.TryParse(name, out _) ? name : name.TrimEnd('.');
        var names = Names.Alternative(leaf, most: 6);
        var what = names.Count == 0 ? "nobody" : string.Join(", ", names.Take(5)) + (names.Count > 5 ? ", …" : "");
        try
        {
            if (IsFor(leaf, bare)) return new("name", what);
        }
        catch (CryptographicException)
        {
            return new("name", what, Failure.Down(Reasons.CertWrongName, $"the names in the certificate cannot be read, so it is not for {bare}"));
        }

        return new("name", what, Failure.Down(Reasons.CertWrongName, $"the certificate is for {what}, not for {bare}"));
    }

    /// <summary>RFC 5280 section 4.2.1.12: it may be a server's, as far as it and its issuers say for what they are.</summary>
    public static Property Usage(UsedChain chain) => chain.Flaws.HasFlag(X509ChainStatusFlags.NotValidForUsage)
        ? new("usage", "not serverAuth", Failure.Down(Reasons.CertWrongUsage, $"the certificate for {chain.Links[0].Name}, or one that issued it, is not for servers (extended key usage without serverAuth)"))
        : new("usage", "serverAuth");

    // RFC 8446 section 4.4.2: only the root itself may be left out. That what is left out is no root is plain where the check names its roots, and
    // likely where the certificate says whence to fetch its issuer; a private root that this host does not know looks the same otherwise.
    private static Failure Missing(ChainLink last, string where, bool ownRoots) => ownRoots || last.TellsOfIntermediate
        ? Failure.Down(Reasons.ChainIncomplete, $"the chain is incomplete: {last.Issuer}, which issued {last.Name}, was not sent and is {where}; the server has to send its intermediates")
        : Failure.Down(Reasons.CertUntrusted, $"{last.Issuer}, which issued {last.Name}, is {where}, and was not sent either, as it should be if it is an intermediate");

    private static bool IsFor(X509Certificate2 leaf, string name)
    {
        try
        {
            return leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false);
        }
        catch (ArgumentException)
        {
            // What the framework takes for no host name, no certificate names either.
            return false;
        }
    }
}
