using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Vedette.Linux.OpenSsl;

/// <summary>What OpenSSL found wrong: an alert of the server, a refusal of this host's own policy, or a peer that breaks the rules.</summary>
public sealed class TlsException : IOException
{
    // err.h of OpenSSL 3: the library (ERR_LIB_SSL is 20) stands above the reason, which is the low 23 bits.
    private const int ReasonMask = 0x7FFFFF;
    private const int LibraryShift = 23;
    private const int SslLibrary = 20;

    private TlsException(string message, int? reason)
        : base(message) => Reason = reason;

    /// <summary>The number of OpenSSL's reason (sslerr.h), if it is one of TLS.</summary>
    public int? Reason { get; }

    /// <summary>Takes what OpenSSL noted on this thread: the latest that is about TLS, because causes come first, or the first.</summary>
    public static TlsException Take()
    {
        nuint told = 0;
        for (nuint error; (error = OpenSslLibrary.NextError()) != 0;)
            if (told == 0 || IsTls(error)) told = error;
        var text = Marshal.PtrToStringUTF8(OpenSslLibrary.ReasonOf(told)) ?? "OpenSSL does not say why";
        return new(text, IsTls(told) ? (int)(told & ReasonMask) : null);
    }

    /// <summary>What an exception of the framework's TLS says, whose error code is OpenSSL's; null when it is about something else.</summary>
    public static TlsException? From(Exception exception) =>
        exception.GetBaseException() is CryptographicException { HResult: > 0 } cause && IsTls((nuint)cause.HResult)
            ? new(cause.Message[(cause.Message.LastIndexOf(':') + 1)..].Trim(), cause.HResult & ReasonMask)
            : null;

    private static bool IsTls(nuint error) => error >> LibraryShift == SslLibrary;
}
