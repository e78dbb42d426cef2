using System.Globalization;
using System.Net.Quic;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vedette.Linux.OpenSsl;

namespace Vedette.Cli.Doctor;

/// <summary>What checks of secure protocols find here.</summary>
internal static class SecureExamination
{
    public static IEnumerable<Finding> Examine() => [Tls(TlsContext.Unusable), Roots(CountRoots()), Http3(QuicConnection.IsSupported)];

    public static Finding Tls(string? fault) => fault is null
        ? Finding.Ok("TLS", "spoken through this host's OpenSSL 3")
        : Finding.Missing("TLS", $"checks of https, tls and tcp with tls=true are unknown (unsupported): {fault}", "sudo apt-get install libssl3");

    public static Finding Roots(int count) => count == 0
        ? Finding.Missing("trusted roots", "this host trusts no certificate authority: every certificate is cert_untrusted unless a check names its caFile", "sudo apt-get install ca-certificates")
        : Finding.Ok("trusted roots", string.Create(CultureInfo.InvariantCulture, $"{count} certificate authorities"));

    public static Finding Http3(bool hasLibrary) => Finding.Limited(
        "HTTP/3", $"http speaks HTTP/1.1 and HTTP/2; a check with httpVersion=3 is unknown (unsupported), {(hasLibrary ? "although" : "and")} libmsquic is {(hasLibrary ? "" : "not ")}installed");

    private static int CountRoots()
    {
        try
        {
            using var roots = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
            return roots.Certificates.Count;
        }
        catch (CryptographicException)
        {
            // There is no store to open where there is no certificate.
            return 0;
        }
    }
}
