namespace Vedette.Probes.Connect;

/// <summary>Protocol versions by their numbers on the wire (RFC 8446 section 4.2.1), and as everyone writes them.</summary>
internal static class TlsNames
{
    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    private const int Tls10 = 0x0301;
    private const int Tls11 = 0x0302;

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
