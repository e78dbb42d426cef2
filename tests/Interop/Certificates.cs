using System.Globalization;
using Processes;

namespace Interop;

internal static class Certificates
{
    /// <summary>Lets openssl make <c>cert.pem</c> and <c>key.pem</c>, self-signed.</summary>
    public static Task MakeAsync(string directory, string name, int days) =>
        Command.MustAsync("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-keyout", $"{directory}/key.pem", "-out", $"{directory}/cert.pem", "-days", days.ToString(CultureInfo.InvariantCulture),
            "-subj", $"/CN={name}", "-addext", $"subjectAltName=DNS:{name}");
}
