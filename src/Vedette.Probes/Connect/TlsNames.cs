using System.Security.Authentication;

namespace Vedette.Probes.Connect;

/// <summary>Protocol versions by their numbers on the wire (RFC 8446 section 4.2.1), and as everyone writes them.</summary>
internal static class TlsNames
{
    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    private const int Tls10 = 0x0301;
    private const int Tls11 = 0x0302;

    // The framework's own names for them are obsolete, as these versions are.
    private const SslProtocols FrameworkTls10 = (SslProtocols)0xC0;
    private const SslProtocols FrameworkTls11 = (SslProtocols)0x300;

    /// <summary>The number of what the framework calls a protocol; 0 for one that nobody speaks any more.</summary>
    public static int Number(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => Tls13,
        SslProtocols.Tls12 => Tls12,
        FrameworkTls11 => Tls11,
        FrameworkTls10 => Tls10,
        _ => 0,
    };

    /// <summary><c>TLS 1.3</c> and its elders.</summary>
    public static string Version(int version) => version switch
    {
        Tls13 => "TLS 1.3",
        Tls12 => "TLS 1.2",
        Tls11 => "TLS 1.1",
        Tls10 => "TLS 1.0",
        _ => $"of version 0x{version:x4}",
    };
}
