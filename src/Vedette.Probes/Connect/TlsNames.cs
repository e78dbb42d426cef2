using System.Security.Authentication;

namespace Vedette.Probes.Connect;

/// <summary>Protocol versions as everyone else writes them.</summary>
internal static class TlsNames
{
    /// <summary><c>TLS 1.3</c> and its elders.</summary>
    public static string Version(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLS 1.3",
        SslProtocols.Tls12 => "TLS 1.2",
        _ => $"older than TLS 1.2 ({protocol})",
    };
}
