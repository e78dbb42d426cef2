using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Vedette.Probes.Connect;

/// <summary>What broke a TLS handshake, read from OpenSSL's error: an alert of the server, a refusal of this host's own policy, or a peer that breaks the rules.</summary>
internal static class TlsFailures
{
    // err.h of OpenSSL 3: the library (ERR_LIB_SSL is 20) stands above the reason, which is the low 23 bits; ssl.h (SSL_AD_REASON_OFFSET): an alert that came is its number and 1000.
    private const int ReasonMask = 0x7FFFFF;
    private const int LibraryShift = 23;
    private const int SslLibrary = 20;
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
        if (OpenSslReason(exception) is not { } reason) return Down(Ended(exception, heard));
        if (Alert(reason) is { } alert) return alert == NoApplicationProtocol ? NoProtocol(offered) : Refused(alert, wantsCertificate);
        if (Policies.TryGetValue(reason, out var policy)) return Failure.Down(Reasons.TlsPolicy, $"this host's OpenSSL does not shake hands with the server: {policy}");
        return reason == ExcessiveMessageSize
            ? Failure.Down(Reasons.TooLarge, "the server sent a handshake message larger than any may be, such as a list of certificates beyond 100 KiB")
            : Down($"the server broke the rules of the TLS handshake: {Text(exception)}");
    }

    /// <summary>The server chose none of the protocols offered to it (RFC 7301 section 3.2).</summary>
    public static Failure NoProtocol(IReadOnlyList<SslApplicationProtocol> offered) =>
        Failure.Down(Reasons.ProtocolError, $"the server speaks none of the protocols that were offered in the TLS handshake ({string.Join(", ", offered)})");

    /// <summary>What reading from a server gave that had the handshake's last word: in TLS 1.3 it judges the client after the client is done.</summary>
    public static Failure? Afterwards(IOException exception) =>
        OpenSslReason(exception) is { } reason && Alert(reason) is { } alert ? Refused(alert, wantsCertificate: true) : null;

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

    private static string Ended(Exception exception, OpeningBytes heard) => exception is not IOException
        ? $"the TLS handshake failed: {(exception.InnerException ?? exception).Message.TrimEnd('.')}"
        : heard.None ? "the server closed the connection instead of answering the TLS handshake" : "the server closed the connection in the middle of the TLS handshake";

    private static Failure Down(string message) => Failure.Down(Reasons.TlsHandshake, message);

    private static int? Alert(int reason) => reason is >= AlertOffset and < AlertOffset + MostAlerts ? reason - AlertOffset : null;

    // The framework's exception for it is not public; its error code is OpenSSL's.
    private static int? OpenSslReason(Exception exception) =>
        exception.GetBaseException() is CryptographicException { HResult: > 0 } cause && cause.HResult >> LibraryShift == SslLibrary ? cause.HResult & ReasonMask : null;

    // error:0A00010B:SSL routines::wrong version number
    private static string Text(Exception exception)
    {
        var message = exception.GetBaseException().Message;
        return message[(message.LastIndexOf(':') + 1)..].Trim();
    }
}
