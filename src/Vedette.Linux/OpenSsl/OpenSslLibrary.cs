using System.Runtime.InteropServices;

namespace Vedette.Linux.OpenSsl;

/// <summary>The functions of OpenSSL 3 that a client of TLS needs, as they are, of the library that the distribution patches and the framework itself uses.</summary>
internal static unsafe partial class OpenSslLibrary
{
    public const string Ssl = "libssl.so.3";
    private const string Crypto = "libcrypto.so.3";

    [LibraryImport(Crypto, EntryPoint = "OpenSSL_version_num")]
    public static partial nuint Version();

    [LibraryImport(Ssl, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_new")]
    public static partial nint ContextNew(nint method);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_free")]
    public static partial void ContextFree(nint context);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ContextControl(TlsContext context, int command, nint number, nint pointer);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ContextSetCiphers(TlsContext context, string names);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_get_ciphers")]
    public static partial nint ContextCiphers(TlsContext context);

    [LibraryImport(Ssl, EntryPoint = "OSSL_default_cipher_list")]
    public static partial nint DefaultCiphers();

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_post_handshake_auth")]
    public static partial void ContextLetAskLater(TlsContext context, int may);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    public static partial void ContextSetVerify(TlsContext context, delegate* unmanaged<nint, nint, int> verify, nint argument);

    [LibraryImport(Ssl, EntryPoint = "SSL_CTX_set_client_cert_cb")]
    public static partial void ContextSetClientCertificate(TlsContext context, delegate* unmanaged<nint, nint*, nint*, int> give);

    [LibraryImport(Ssl, EntryPoint = "SSL_new")]
    public static partial nint SessionNew(TlsContext context);

    [LibraryImport(Ssl, EntryPoint = "SSL_free")]
    public static partial void SessionFree(nint session);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_connect_state")]
    public static partial void SetClient(TlsSession session);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_bio")]
    public static partial void SetBuffers(TlsSession session, nint input, nint output);

    [LibraryImport(Ssl, EntryPoint = "SSL_set_alpn_protos")]
    public static partial int SetProtocols(TlsSession session, byte* list, uint length);

    [LibraryImport(Ssl, EntryPoint = "SSL_ctrl", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint SetName(TlsSession session, int command, nint kind, string name);

    [LibraryImport(Ssl, EntryPoint = "SSL_do_handshake")]
    public static partial int Shake(TlsSession session);

    [LibraryImport(Ssl, EntryPoint = "SSL_read")]
    public static partial int Read(TlsSession session, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_peek")]
    public static partial int Peek(TlsSession session, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_write")]
    public static partial int Write(TlsSession session, byte* buffer, int length);

    [LibraryImport(Ssl, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(TlsSession session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_error")]
    public static partial int ErrorOf(TlsSession session, int result);

    [LibraryImport(Ssl, EntryPoint = "SSL_version")]
    public static partial int VersionOf(TlsSession session);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_current_cipher")]
    public static partial nint CipherOf(TlsSession session);

    [LibraryImport(Ssl, EntryPoint = "SSL_CIPHER_get_protocol_id")]
    public static partial ushort CipherNumber(nint cipher);

    [LibraryImport(Ssl, EntryPoint = "SSL_get0_alpn_selected")]
    public static partial void ProtocolOf(TlsSession session, byte** name, uint* length);

    [LibraryImport(Ssl, EntryPoint = "SSL_get_peer_cert_chain")]
    public static partial nint CertificatesOf(TlsSession session);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_num")]
    public static partial int Count(nint stack);

    [LibraryImport(Crypto, EntryPoint = "OPENSSL_sk_value")]
    public static partial nint At(nint stack, int index);

    [LibraryImport(Crypto, EntryPoint = "BIO_s_mem")]
    public static partial nint BufferMethod();

    [LibraryImport(Crypto, EntryPoint = "BIO_new")]
    public static partial nint BufferNew(nint method);

    [LibraryImport(Crypto, EntryPoint = "BIO_ctrl_pending")]
    public static partial nuint BufferLength(nint buffer);

    [LibraryImport(Crypto, EntryPoint = "BIO_read")]
    public static partial int BufferRead(nint buffer, byte* data, int length);

    [LibraryImport(Crypto, EntryPoint = "BIO_write")]
    public static partial int BufferWrite(nint buffer, byte* data, int length);

    [LibraryImport(Crypto, EntryPoint = "ERR_clear_error")]
    public static partial void ClearErrors();

    [LibraryImport(Crypto, EntryPoint = "ERR_get_error")]
    public static partial nuint NextError();

    [LibraryImport(Crypto, EntryPoint = "ERR_reason_error_string")]
    public static partial nint ReasonOf(nuint error);
}
