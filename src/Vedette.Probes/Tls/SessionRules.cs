using System.Net.Security;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tls;

/// <summary>What was agreed on in a handshake, judged.</summary>
internal static class SessionRules
{
    /// <summary>The word of the property that tells whether the server asked for a client certificate.</summary>
    public const string ClientCertificateName = "clientCertificate";

    /// <summary>Why nothing is known of what comes later in a handshake.</summary>
    public const string NotSeen = "the handshake did not get so far";

    /// <summary>RFC 8996: nothing older than TLS 1.2 is to be spoken.</summary>
    public static Property Version(Agreed? agreed)
    {
        if (agreed is null) return new("version", null, Unjudged: NotSeen);
        var version = TlsNames.Version(agreed.Version);
        return agreed.Version >= TlsNames.Tls12
            ? new("version", version)
            : new("version", version, Failure.Down(Reasons.TlsVersion, $"the server speaks {version} at best, which RFC 8996 has ended; browsers refuse it"));
    }

    /// <summary>What it is; a host's own policy is what refuses ciphers.</summary>
    public static Property Cipher(Agreed? agreed) => agreed is null
        ? new("cipher", null, Unjudged: NotSeen)
        : new("cipher", agreed.Cipher + (LacksForwardSecrecy(agreed.Cipher) ? ", without forward secrecy" : ""));

    /// <summary>Where protocols are offered, one is to be chosen.</summary>
    public static Property Alpn(Agreed? agreed, IReadOnlyList<SslApplicationProtocol> offered)
    {
        if (agreed is null) return new("alpn", null, Unjudged: NotSeen);
        if (offered.Count == 0) return new("alpn", null, Unjudged: "none was offered");
        return agreed.Protocol.Protocol.IsEmpty
            ? new("alpn", "none", TlsFailures.NoProtocol(offered))
            : new("alpn", agreed.Protocol.ToString());
    }

    /// <summary>Asked for is not required: RFC 8446 section 4.4.2.4 leaves it to the server to go on without.</summary>
    public static Property ClientCertificate(Handshaken handshaken, Failure? failure) => (handshaken.WantsCertificate, failure) switch
    {
        (true, { Reason: Reasons.TlsHandshake }) => new(ClientCertificateName, "required", failure),
        (true, _) => new(ClientCertificateName, "requested"),
        (false, null) => new(ClientCertificateName, "not requested"),
        _ => new(ClientCertificateName, null, Unjudged: NotSeen),
    };

    /// <summary>Adds the attributes of the session.</summary>
    public static void Describe(Agreed agreed, Observation seen)
    {
        agreed.Describe(seen);
        if (!agreed.Protocol.Protocol.IsEmpty) seen.Describe("tls_alpn", agreed.Protocol.ToString());
    }

    // What was sent can be read later by whoever gets hold of the server's key.
    private static bool LacksForwardSecrecy(TlsCipherSuite cipher) => cipher.ToString().StartsWith("TLS_RSA_", StringComparison.Ordinal);
}
