using System.Globalization;
using Processes;
using Vedette;

namespace Interop;

public sealed class OpensslTests
{
    [Fact]
    public async Task A_tls_dialogue_with_openssl_gives_version_cipher_and_expiry()
    {
        using var directory = new TemporaryDirectory();
        await Certificates.MakeAsync(directory.Path, "zoo.test", days: 10);
        var port = VedetteProcess.FreePort();
        await using var server = Command.Start("openssl", "s_server", "-accept", Text(port), "-cert", $"{directory.Path}/cert.pem", "-key", $"{directory.Path}/key.pem", "-rev", "-quiet");
        await Wait.ForListenerAsync(port);

        var good = await Run.CheckAsync("tcp", $"127.0.0.1:{Text(port)}", "--set", "tls=true", "--set", "serverName=zoo.test",
            "--set", $"caFile={directory.Path}/cert.pem", "--set", @"send=hello\n", "--set", "expect=olleh");
        good.Status.ShouldBe(Status.Up, good.Message);
        good.Attribute("tls_version").ShouldContain("1.3");
        var expiry = DateTimeOffset.FromUnixTimeSeconds((long)good.Measured("ssl_earliest_cert_expiry"));
        (expiry - good.StartedAt).TotalDays.ShouldBeInRange(9.9, 10.1);

        var wrongName = await Run.CheckAsync("tcp", $"127.0.0.1:{Text(port)}", "--set", "tls=true", "--set", "serverName=other.test", "--set", $"caFile={directory.Path}/cert.pem");
        wrongName.Reason.ShouldBe(Reasons.CertWrongName);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
