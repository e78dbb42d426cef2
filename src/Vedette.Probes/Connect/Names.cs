using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vedette.Probes.Connect;

/// <summary>The names in a certificate.</summary>
internal static class Names
{
    /// <summary>Whom it is for, in short: its first name, or what stands in its subject.</summary>
    public static string Of(X509Certificate2 certificate) =>
        Alternative(certificate) is [var first, ..] ? first : certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>The names and addresses of subjectAltName, at most so many.</summary>
    public static IReadOnlyList<string> Alternative(X509Certificate2 certificate, int most = 1)
    {
        try
        {
            return
            [
                .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                    .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())))
                    .Take(most).Select(ChainLink.Short),
            ];
        }
        catch (CryptographicException)
        {
            // The server chose the bytes; where they are no names there are none to show.
            return [];
        }
    }
}
