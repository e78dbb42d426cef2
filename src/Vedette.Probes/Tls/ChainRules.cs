using System.Globalization;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tls;

/// <summary>What is demanded of a chain beyond being trusted: that others can follow it as well, and that nobody can forge it.</summary>
internal static class ChainRules
{
    // NIST SP 800-131A: what offers less than 112 bits of security is disallowed. CA/Browser Forum baseline requirements section 6.1.5 ask the same of RSA.
    private const int LeastRsa = 2048;
    private const int LeastCurve = 224;

    /// <summary>
    /// RFC 8446 section 4.4.2: the server sends every certificate but the root. One that this host happens to have, or might fetch, other clients
    /// need not have.
    /// </summary>
    public static Property Complete(UsedChain chain, int sent)
    {
        var used = chain.Links.Count(link => link.IsSent);
        var what = string.Create(CultureInfo.InvariantCulture, $"{sent} sent, {used} used, {chain.Links.Count} to the root");
        if (chain.Links.Take(chain.Links.Count - 1).FirstOrDefault(link => !link.IsSent) is { } own)
            return new("chain", what, Failure.Down(Reasons.ChainIncomplete, $"the chain is incomplete: {own.Name} was not sent, and only this host happens to have it; the server has to send its intermediates"));
        var last = chain.Links[^1];
        return chain.LacksIssuer && !chain.IsOfAnotherRoot
            ? new("chain", string.Create(CultureInfo.InvariantCulture, $"{sent} sent, ends at {last.Name}"), Failure.Down(Reasons.ChainIncomplete, $"{last.Issuer}, which issued {last.Name}, was not sent"))
            : new("chain", what);
    }

    /// <summary>The keys of all certificates of the chain, the root's too.</summary>
    public static Property Key(UsedChain chain)
    {
        var what = chain.Links[0].Key.ToString();
        if (chain.Links.FirstOrDefault(link => IsWeak(link.Key)) is { } weak)
            return new("key", what, Failure.Down(Reasons.WeakKey, $"the key of {weak.Name} is weak: {weak.Key}, where {(weak.Key.Algorithm == "DSA" ? "DSA is no longer used" : $"{Least(weak.Key)} are needed")}"));
        return chain.Links.FirstOrDefault(link => link.Key.Bits is null) is { } odd
            ? new("key", what, Unjudged: $"nothing is known of the strength of {odd.Name}'s key ({odd.Key})")
            : new("key", what);
    }

    /// <summary>The signatures of all but self-signed certificates: those are trusted because they are known, not because of what they say of themselves.</summary>
    public static Property Signature(UsedChain chain)
    {
        var what = chain.Links[0].Signature;
        return chain.Links.FirstOrDefault(link => link is { WeakDigest: not null, IsSelfIssued: false }) is { } weak
            ? new("signature", what, Failure.Down(Reasons.WeakSignature, $"the signature of {weak.Name} is weak: {weak.WeakDigest}, for which somebody could make another certificate"))
            : new("signature", what);
    }

    private static bool IsWeak(PublicKeySize key) => key.Algorithm == "DSA" || (Least(key) is { } least && key.Bits < least);

    private static int? Least(PublicKeySize key) => key.Algorithm switch { "RSA" => LeastRsa, "EC" => LeastCurve, _ => null };
}
