using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Vedette.Linux.OpenSsl;

/// <summary>
/// What handshakes have in common (OpenSSL's SSL_CTX). It costs a fifth of a handshake to make, so there is one for each list of ciphers. Sessions are never
/// resumed: a resumed one shows no certificate.
/// </summary>
public sealed unsafe class TlsContext : SafeHandle
{
    // ssl.h
    private const int SetSessionCacheMode = 44;
    private const int SetMode = 33;
    private const int ReleaseBuffers = 0x10;

    private const string Usual13 = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";

    private static readonly Lazy<TlsContext> LazyUsual = new(() => new(
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        + "ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256"));

    private static readonly Lazy<TlsContext> LazyAll = new(() => new(
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        + "DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:"
        + "ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:DHE-RSA-AES256-SHA256:DHE-RSA-AES128-SHA256:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:"
        + "AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA"));

    private TlsContext(string ciphers)
        : base(0, ownsHandle: true)
    {
        SetHandle(OpenSslLibrary.ContextNew(OpenSslLibrary.ClientMethod()));
        if (IsInvalid) throw new CryptographicException("OpenSSL gave no context for TLS.");
        OpenSslLibrary.ContextControl(this, SetSessionCacheMode, 0, 0);
        OpenSslLibrary.ContextControl(this, SetMode, ReleaseBuffers, 0);
        OpenSslLibrary.ContextSetCiphers(this, ciphers);
        OpenSslLibrary.ContextSetCiphers13(this, Usual13);
        OpenSslLibrary.ContextSetVerify(this, &Accept, 0);
        OpenSslLibrary.ContextSetClientCertificate(this, &TlsSession.GiveNoCertificate);
    }

    /// <summary>Why this host cannot speak TLS, or null.</summary>
    public static string? Unusable { get; } = FindFault();

    /// <summary>Offers the few ciphers that a client offers today, all of them with forward secrecy.</summary>
    public static TlsContext Usual => LazyUsual.Value;

    /// <summary>
    /// Offers, best first, all ciphers that servers are still found with, so that an old server is reported with its certificate and its age instead
    /// of a refused handshake. What the host's OpenSSL does not permit it leaves out by itself.
    /// </summary>
    public static TlsContext OfAllCiphers => LazyAll.Value;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSslLibrary.ContextFree(handle);
        return true;
    }

    // Certificates are handed to the framework as pointers, so it has to be the library that the framework uses.
    private static string? FindFault()
    {
        try
        {
            var (ours, theirs) = ((long)OpenSslLibrary.Version(), SafeEvpPKeyHandle.OpenSslVersion);
            return ours == theirs ? null : $"the runtime uses another OpenSSL (0x{theirs:x}) than {OpenSslLibrary.Ssl} (0x{ours:x}); unset CLR_OPENSSL_VERSION_OVERRIDE, or install OpenSSL 3 only";
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException)
        {
            return $"TLS needs OpenSSL 3, and {OpenSslLibrary.Ssl} is not here; install it (libssl3 or openssl-libs)";
        }
    }

    // Certificates are judged after the handshake, so that a bad one is reported with all its data.
    [UnmanagedCallersOnly]
    private static int Accept(nint store, nint argument) => 1;
}
