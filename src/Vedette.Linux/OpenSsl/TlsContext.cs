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

    private const string Few = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:"
        + "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256";

    private const string Many = Few + ":DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA:"
        + "DHE-RSA-AES256-SHA256:DHE-RSA-AES128-SHA256:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA";

    // One that could not be made is tried again by the next run.
    private static readonly Lazy<TlsContext> LazyUsual = new(static () => Make(Few, evenIfConfigured: false), LazyThreadSafetyMode.PublicationOnly);
    private static readonly Lazy<TlsContext> LazyAll = new(static () => Make(Many, evenIfConfigured: true), LazyThreadSafetyMode.PublicationOnly);

    private TlsContext(nint method)
        : base(0, ownsHandle: true)
    {
        OpenSslLibrary.ClearErrors();
        SetHandle(OpenSslLibrary.ContextNew(method));
        if (IsInvalid) throw Refused();
    }

    /// <summary>Why this host cannot speak TLS, or null.</summary>
    public static string? Unusable { get; } = FindFault();

    /// <summary>Offers what the host's openssl.cnf says (<c>CipherString</c>), or else the few ciphers that a client offers today, all of them with forward secrecy.</summary>
    public static TlsContext Usual => LazyUsual.Value;

    /// <summary>
    /// Offers, best first, all ciphers that servers are still found with, so that an old server is reported with its certificate and its age instead
    /// of a refused handshake, whatever <c>CipherString</c> says. What the host's security level does not permit OpenSSL leaves out by itself.
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
            // Without libssl the framework would end the process when it is asked.
            _ = OpenSslLibrary.ClientMethod();
            var (ours, theirs) = ((long)OpenSslLibrary.Version(), SafeEvpPKeyHandle.OpenSslVersion);
            return ours == theirs ? null : $"the runtime uses another OpenSSL (0x{theirs:x}) than {OpenSslLibrary.Ssl} (0x{ours:x}); unset CLR_OPENSSL_VERSION_OVERRIDE, or install OpenSSL 3 only";
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException)
        {
            return $"TLS needs OpenSSL 3, and {OpenSslLibrary.Ssl} is not here; install it (libssl3 or openssl-libs)";
        }
    }

    private static TlsContext Make(string ciphers, bool evenIfConfigured)
    {
        var context = new TlsContext(OpenSslLibrary.ClientMethod());
        OpenSslLibrary.ContextControl(context, SetSessionCacheMode, 0, 0);
        OpenSslLibrary.ContextControl(context, SetMode, ReleaseBuffers, 0);
        if (evenIfConfigured || !context.IsConfigured()) context.Offer(ciphers);
        OpenSslLibrary.ContextLetAskLater(context, 1);
        OpenSslLibrary.ContextSetVerify(context, &Accept, 0);
        OpenSslLibrary.ContextSetClientCertificate(context, &TlsSession.GiveNoCertificate);
        return context;
    }

    private static CryptographicException Refused() => new($"OpenSSL gives no context for TLS: {TlsException.Take().Message}");

    private void Offer(string ciphers)
    {
        if (OpenSslLibrary.ContextSetCiphers(this, ciphers) != 1) throw Refused();
    }

    // A new context offers the library's own list, unless the host's configuration has another.
    private bool IsConfigured()
    {
        using var plain = new TlsContext(OpenSslLibrary.ClientMethod());
        plain.Offer(Marshal.PtrToStringUTF8(OpenSslLibrary.DefaultCiphers())!);
        return !plain.Ciphers().SequenceEqual(Ciphers());
    }

    private List<ushort> Ciphers()
    {
        var list = OpenSslLibrary.ContextCiphers(this);
        return [.. Enumerable.Range(0, OpenSslLibrary.Count(list)).Select(i => OpenSslLibrary.CipherNumber(OpenSslLibrary.At(list, i)))];
    }

    // Certificates are judged after the handshake, so that a bad one is reported with all its data.
    [UnmanagedCallersOnly]
    private static int Accept(nint store, nint argument) => 1;
}
