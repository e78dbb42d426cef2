using System.Security.Authentication;

namespace Vedette.Probes.Connect;

/// <summary>Protocol versions as everyone else writes them.</summary>
internal static class TlsNames
{
    // The framework's own names for them are obsolete, as these versions are.
    private const SslProtocols Tls10 = (SslProtocols)0xC0;
    private const SslProtocols Tls11 = (SslProtocols)0x300;

    /// <summary><c>TLS 1.3</c> and its elders.</summary>
    public static string Version(SslProtocols protocol) => protocol switch
    {
        Tls10 => "TLS 1.0",
        Tls11 => "TLS 1.1",
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        _ => $"older than TLS 1.2 ({protocol})",
    };
}
