using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Linux.OpenSsl;

/// <summary>How far an operation came.</summary>
public enum Progress
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>More of what the server sends is needed first.</summary>
    NeedsInput,

    /// <summary>The server said that nothing more comes (close_notify, RFC 8446 section 6.1).</summary>
    Ended,
}

/// <summary>
/// The client's side of one TLS connection (OpenSSL's SSL) between two buffers: what the server sends is put in, what is to be sent is taken out, and nothing
/// is waited for. One call at a time; errors are <see cref="TlsException"/>.
/// </summary>
public sealed unsafe class TlsSession : SafeHandle
{
    // ssl.h
    private const int SetHostName = 55;
    private const int WantRead = 2;
    private const int ZeroReturn = 6;

    // OpenSSL asks for a certificate within a step of a handshake or a reading, on the thread that takes it.
    [ThreadStatic]
    private static bool asked;

    private readonly nint input;
    private readonly nint output;

    /// <summary>Makes it.</summary>
    /// <param name="context">What it has in common with others.</param>
    /// <param name="name">To send as server_name, in ASCII; empty for none.</param>
    /// <param name="protocols">To offer (ALPN), best first.</param>
    /// <exception cref="CryptographicException">OpenSSL has no memory for it, or does not take the name or the protocols.</exception>
    public TlsSession(TlsContext context, string name, IReadOnlyList<SslApplicationProtocol> protocols)
        : base(0, ownsHandle: true)
    {
        OpenSslLibrary.ClearErrors();
        SetHandle(OpenSslLibrary.SessionNew(context));
        if (IsInvalid) throw new CryptographicException("OpenSSL gave no session for TLS.");
        (input, output) = (OpenSslLibrary.BufferNew(OpenSslLibrary.BufferMethod()), OpenSslLibrary.BufferNew(OpenSslLibrary.BufferMethod()));
        OpenSslLibrary.SetBuffers(this, input, output);
        OpenSslLibrary.SetClient(this);
        if (name.Length > 0 && OpenSslLibrary.SetName(this, SetHostName, 0, name) != 1) throw Refused("the name of the server");
        if (protocols.Count > 0) Offer(protocols);
    }

    /// <summary>Whether the server asked for a client certificate, which is not to say that it insists.</summary>
    public bool WantsCertificate { get; private set; }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The version that was agreed on, by its number on the wire (RFC 8446 section 4.2.1), such as 0x0304 for TLS 1.3.</summary>
    public int Version => OpenSslLibrary.VersionOf(this);

    /// <summary>The cipher that was agreed on.</summary>
    public TlsCipherSuite Cipher => OpenSslLibrary.CipherOf(this) is var cipher and not 0 ? (TlsCipherSuite)OpenSslLibrary.CipherNumber(cipher) : default;

    /// <summary>The protocol that was agreed on, or an empty one.</summary>
    public SslApplicationProtocol Protocol
    {
        get
        {
            byte* name;
            uint length;
            OpenSslLibrary.ProtocolOf(this, &name, &length);
            SslApplicationProtocol protocol = length == 0 ? default : new(new ReadOnlySpan<byte>(name, (int)length).ToArray());
            GC.KeepAlive(this);
            return protocol;
        }
    }

    /// <summary>How many bytes are to be sent.</summary>
    public int Unsent
    {
        get
        {
            var length = (int)OpenSslLibrary.BufferLength(Open(output));
            GC.KeepAlive(this);
            return length;
        }
    }

    /// <summary>Goes on with the handshake.</summary>
    public Progress Shake()
    {
        Begin();
        return Judge(OpenSslLibrary.Shake(this));
    }

    /// <summary>Reads what the server said; an empty span only asks whether it said anything.</summary>
    public Progress Read(Span<byte> buffer, out int read)
    {
        byte first;
        Begin();
        fixed (byte* at = buffer)
        {
            var result = buffer.IsEmpty ? OpenSslLibrary.Peek(this, &first, 1) : OpenSslLibrary.Read(this, at, buffer.Length);
            read = buffer.IsEmpty ? 0 : Math.Max(result, 0);
            return Judge(result);
        }
    }

    /// <summary>Encrypts what is to be said; when it needs input first, the same has to be written again.</summary>
    public Progress Write(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return Progress.Done;
        Begin();
        fixed (byte* at = data) return Judge(OpenSslLibrary.Write(this, at, data.Length));
    }

    /// <summary>Says that nothing more comes.</summary>
    public void End()
    {
        Begin();
        OpenSslLibrary.Shutdown(this);
        OpenSslLibrary.ClearErrors();
    }

    /// <summary>Puts in what the server sent.</summary>
    public void Put(ReadOnlySpan<byte> data)
    {
        fixed (byte* at = data)
            if (OpenSslLibrary.BufferWrite(Open(input), at, data.Length) != data.Length) throw new CryptographicException("OpenSSL has no room for what a server sent.");
        GC.KeepAlive(this);
    }

    /// <summary>Takes out what is to be sent.</summary>
    public int Take(Span<byte> buffer)
    {
        fixed (byte* at = buffer)
        {
            var taken = OpenSslLibrary.BufferRead(Open(output), at, buffer.Length);
            GC.KeepAlive(this);
            return Math.Max(taken, 0);
        }
    }

    /// <summary>The certificates that came so far, the server's own first; the caller disposes them.</summary>
    public List<X509Certificate2> Certificates()
    {
        var chain = OpenSslLibrary.CertificatesOf(this);
        List<X509Certificate2> certificates = chain == 0 ? [] : [.. Enumerable.Range(0, OpenSslLibrary.Count(chain)).Select(i => new X509Certificate2(OpenSslLibrary.At(chain, i)))];
        GC.KeepAlive(this);
        return certificates;
    }

    /// <summary>Answers a server that asks for a client certificate (client_cert_cb of OpenSSL): there is none.</summary>
    [UnmanagedCallersOnly]
    internal static int GiveNoCertificate(nint session, nint* certificate, nint* key)
    {
        asked = true;
        return 0;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenSslLibrary.SessionFree(handle);
        return true;
    }

    // The buffers go with the session.
    private nint Open(nint buffer) => IsClosed ? throw new ObjectDisposedException(nameof(TlsSession)) : buffer;

    // What this thread noted before says nothing of what comes now.
    private static void Begin()
    {
        asked = false;
        OpenSslLibrary.ClearErrors();
    }

    private Progress Judge(int result)
    {
        WantsCertificate |= asked;
        if (result > 0) return Progress.Done;
        return OpenSslLibrary.ErrorOf(this, result) switch
        {
            WantRead => Progress.NeedsInput,
            ZeroReturn => Progress.Ended,
            _ => throw TlsException.Take(),
        };
    }

    private CryptographicException Refused(string what)
    {
        Dispose();
        return new($"OpenSSL does not take {what}: {TlsException.Take().Message}");
    }

    // RFC 7301 section 3.1: each name behind its length.
    private void Offer(IReadOnlyList<SslApplicationProtocol> protocols)
    {
        byte[] list = [.. protocols.SelectMany(protocol => (byte[])[(byte)protocol.Protocol.Length, .. protocol.Protocol.Span])];
        fixed (byte* at = list)
            if (OpenSslLibrary.SetProtocols(this, at, (uint)list.Length) != 0) throw Refused("the protocols to offer");
    }
}
