using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Vedette.Linux.OpenSsl;

namespace Vedette.Probes.Connect;

/// <summary>What broke a TLS handshake, read from OpenSSL's error: an alert of the server, a refusal of this host's own policy, or a peer that breaks the rules.</summary>
internal static class TlsFailures
{
    // ssl.h (SSL_AD_REASON_OFFSET): an alert that came is its number and 1000.
    private const int AlertOffset = 1000;
    private const int MostAlerts = 256;

    private const int NoApplicationProtocol = 120;
    private const int ExcessiveMessageSize = 152;

    // sslerr.h: what a client of OpenSSL refuses because of its security level, its lowest version or its demand for RFC 5746, not because the bytes are wrong.
    private static readonly Dictionary<int, string> Policies = new()
    {
        [166] = "the TLS version it chose is too new for this host's settings",
        [181] = "this host's settings leave no cipher to offer",
        [191] = "this host's settings leave no TLS version to offer",
        [258] = "the TLS version it chose is older than this host's OpenSSL permits",
        [333] = "it signs with an algorithm that is not permitted (SHA-1, as before TLS 1.2, or weaker)",
        [338] = "it lacks secure renegotiation (RFC 5746)",
        [370] = "it signs with an algorithm that is not permitted (SHA-1, as before TLS 1.2, or weaker)",
        [394] = "its Diffie-Hellman key is too small",
        [396] = "the TLS version it chose is older than this host's OpenSSL permits",
        [397] = "the key of a certificate authority is too small",
        [398] = "a certificate is signed with a digest that is too weak",
        [399] = "the key of its certificate is too small",
    };

    /// <summary>The failure of a handshake that threw.</summary>
    /// <param name="exception">What the handshake threw.</param>
    /// <param name="heard">What the server said first.</param>
    /// <param name="offered">The protocols offered to it (ALPN).</param>
    /// <param name="wantsCertificate">Whether it had asked for a client certificate, of which there is none.</param>
    public static Failure Handshake(Exception exception, OpeningBytes heard, IReadOnlyList<SslApplicationProtocol> offered, bool wantsCertificate)
    {
        if (exception.InnerException is SocketException) return SocketFailures.From(exception, "waiting for the TLS handshake");
        if (!heard.None && !heard.AreTls) return Down($"the server does not speak TLS here: it said {heard.Quote()}");
        if (exception is CryptographicException) return Failure.Down(Reasons.CertUntrusted, $"the server's certificates cannot be verified: {Text(exception)}");
        if (exception is not TlsException wrong) return Down(exception is IOException ? Ended(heard) : $"the TLS handshake failed: {Text(exception)}");
        if (Alert(wrong.Reason) is { } alert) return alert == NoApplicationProtocol ? NoProtocol(offered) : Refused(alert, wantsCertificate);
        if (Policies.TryGetValue(wrong.Reason ?? 0, out var policy)) return Failure.Down(Reasons.TlsPolicy, $"this host's OpenSSL does not shake hands with the server: {policy}");
        return wrong.Reason == ExcessiveMessageSize
            ? Failure.Down(Reasons.TooLarge, "the server sent a handshake message larger than any may be, such as a list of certificates beyond 100 KiB")
            : Down($"the server broke the rules of the TLS handshake: {wrong.Message}");
    }

    /// <summary>The failure of a handshake that was cut short.</summary>
    public static Failure CutShort(RunContext run, OpeningBytes heard) => Failure.CutShort(run, heard.None ? "waiting for the TLS handshake" : "waiting for the rest of the TLS handshake");

    /// <summary>The server chose none of the protocols offered to it (RFC 7301 section 3.2).</summary>
    public static Failure NoProtocol(IReadOnlyList<SslApplicationProtocol> offered) =>
        Failure.Down(Reasons.ProtocolError, $"the server speaks none of the protocols that were offered in the TLS handshake ({string.Join(", ", offered)})");

    /// <summary>What reading from a server gave that had the handshake's last word: in TLS 1.3 it judges the client after the client is done.</summary>
    public static Failure? Afterwards(IOException exception) =>
        exception is TlsException wrong && Alert(wrong.Reason) is { } alert ? Refused(alert, wantsCertificate: true) : null;

    private static Failure Refused(int alert, bool wantsCertificate)
    {
        var hint = (alert, wantsCertificate) switch
        {
            (_, true) => "; it had asked for a client certificate",
            (40, _) => "; it may want a cipher or version that is not offered",
            (70, _) => "; it speaks none of the TLS versions that are offered",
            (112, _) => "; it does not know the name it was asked for",
            _ => "",
        };
        return Down($"the server refused the handshake: alert {alert} ({TlsAlerts.Name(alert)}){hint}");
    }

    private static string Ended(OpeningBytes heard) => heard.None
        ? "the server closed the connection instead of answering the TLS handshake"
        : "the server closed the connection in the middle of the TLS handshake";

    // error:0A00010B:SSL routines::wrong version number
    private static string Text(Exception exception)
    {
        var message = exception.GetBaseException().Message;
        return message[(message.LastIndexOf(':') + 1)..].Trim().TrimEnd('.');
    }

    private static Failure Down(string message) => Failure.Down(Reasons.TlsHandshake, message);

    private static int? Alert(int? reason) => reason is >= AlertOffset and < AlertOffset + MostAlerts ? reason - AlertOffset : null;
}
