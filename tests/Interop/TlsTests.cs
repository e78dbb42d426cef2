using System.Globalization;
using System.Text.Json;
using Processes;
using Vedette;

namespace Interop;

/// <summary>openssl's own server with certificates that openssl made: of a root, an intermediate and a leaf with one thing wrong each.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(At("ca.cnf"), "basicConstraints=critical,CA:TRUE\n");
        await Openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", At("root.key"), "-out", At("root.pem"), "-days", "3650", "-subj", "/CN=Zoo root");
        await Openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", At("int.key"), "-out", At("int.csr"), "-subj", "/CN=Zoo intermediate");
        await Openssl("x509", "-req", "-in", At("int.csr"), "-CA", At("root.pem"), "-CAkey", At("root.key"), "-CAcreateserial", "-out", At("int.pem"), "-days", "1000", "-extfile", At("ca.cnf"));
    }

    public ValueTask DisposeAsync()
    {
        directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_good_server_is_up_with_all_that_is_known_of_it()
    {
        await LeafAsync();
        var good = await CheckAsync(["-cert_chain", At("int.pem"), "-alpn", "h2"], "--set", "alpn=h2,http/1.1");
        good.Status.ShouldBe(Status.Up, good.Message);
        Wrong(good).ShouldBeEmpty();
        (good.Attribute("tls_version"), good.Attribute("tls_alpn"), good.Attribute("tls_cipher")).ShouldBe(("TLS 1.3", "h2", "TLS_AES_256_GCM_SHA384"));
        (good.Measured("tls_certificate_left_seconds") / 86400).ShouldBeInRange(89.9, 90.1);
        good.Measured("tls_chain_length").ShouldBe(3);
    }

    [Theory]
    [InlineData("-20d", "-10d", "zoo.test", Reasons.CertExpired, "validity,expiry")]
    [InlineData("10d", "100d", "zoo.test", Reasons.CertNotYetValid, "validity")]
    [InlineData("-1d", "89d", "other.test", Reasons.CertWrongName, "name")]
    public async Task A_bad_certificate_is_down_for_its_reason(string from, string until, string name, string reason, string wrong)
    {
        await LeafAsync(name: name, from: from, until: until);
        var bad = await CheckAsync(["-cert_chain", At("int.pem")]);
        (bad.Status, bad.Reason).ShouldBe((Status.Down, reason), bad.Message);
        Wrong(bad).ShouldBe(wrong.Split(','));
    }

    [Theory]
    [InlineData("Pacific/Kiritimati")]
    [InlineData("Pacific/Pago_Pago")]
    public async Task Times_are_told_by_UTC_wherever_the_host_is(string zone)
    {
        await LeafAsync(from: "-1d", until: "1d");
        var port = VedetteProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        await using var command = Command.Start("openssl", ["s_server", "-accept", port, "-cert", At("leaf.pem"), "-key", At("leaf.key"), "-quiet", "-cert_chain", At("int.pem")]);
        await Wait.ForListenerAsync(int.Parse(port, CultureInfo.InvariantCulture));
        var (exitCode, json) = await VedetteProcess.RunCheckInZoneAsync(zone, "tls", $"127.0.0.1:{port}", "--set", "serverName=zoo.test", "--set", $"caFile={At("root.pem")}", "--set", "criticalLeft=23h", "--set", "warnLeft=23h");
        exitCode.ShouldBe(0, json);
        JsonSerializer.Deserialize(json, ApiJson.Readable.Result)!.Measured("tls_certificate_left_seconds").ShouldBeInRange(86_300, 86_400);
    }

    [Fact]
    public async Task A_missing_intermediate_is_told_from_a_certificate_nobody_vouches_for()
    {
        await LeafAsync();
        var incomplete = await CheckAsync([]);
        (incomplete.Status, incomplete.Reason).ShouldBe((Status.Down, Reasons.ChainIncomplete), incomplete.Message);
        await Certificates.MakeAsync(directory.Path, "zoo.test", days: 90);
        File.Move(At("cert.pem"), At("leaf.pem"), overwrite: true);
        File.Move(At("key.pem"), At("leaf.key"), overwrite: true);
        var alone = await CheckAsync([]);
        (alone.Status, alone.Reason).ShouldBe((Status.Down, Reasons.CertUntrusted), alone.Message);
    }

    [Theory]
    [InlineData("rsa:1024", "-sha256", Reasons.WeakKey, "key")]
    [InlineData("rsa:2048", "-sha1", Reasons.WeakSignature, "signature")]
    [InlineData("rsa:2048", "-md5", Reasons.WeakSignature, "signature")]
    public async Task What_can_be_forged_is_weak(string key, string digest, string reason, string wrong)
    {
        await LeafAsync(key: key, digest: digest);
        var weak = await CheckAsync(["-cert_chain", At("int.pem"), "-cipher", "ALL@SECLEVEL=0"]);
        (weak.Status, weak.Reason).ShouldBe((Status.Down, reason), weak.Message);
        Wrong(weak).ShouldBe([wrong]);
    }

    [Theory]
    [InlineData("-tls1_3", "alert 116 (certificate_required)")]
    [InlineData("-tls1_2", "alert 40 (handshake_failure)")]
    public async Task A_server_that_insists_on_a_client_certificate_is_down_with_its_alert_and_still_described(string version, string alert)
    {
        await LeafAsync();
        var refused = await CheckAsync(["-cert_chain", At("int.pem"), "-Verify", "2", version]);
        (refused.Status, refused.Reason).ShouldBe((Status.Down, Reasons.TlsHandshake), refused.Message);
        refused.Message.ShouldNotBeNull().ShouldContain(alert);
        refused.Attribute("tls_client_certificate").ShouldBe("required");
        refused.Measured("ssl_earliest_cert_expiry").ShouldBeGreaterThan(0);
        refused.Measured("tls_sent_certificates_count").ShouldBe(2);
        Wrong(refused).ShouldBe(["handshake", "clientCertificate"]);
    }

    [Theory]
    [InlineData("AES128-SHA@SECLEVEL=0", new[] { Reasons.TlsVersion, Reasons.TlsPolicy, Reasons.TlsHandshake })]
    [InlineData("ECDHE-RSA-AES128-SHA@SECLEVEL=0", new[] { Reasons.TlsPolicy, Reasons.TlsHandshake })]
    public async Task A_server_that_only_speaks_an_ended_version_is_down(string ciphers, string[] reasons)
    {
        // Whether the handshake is refused or its version judged is for this host's OpenSSL to say (MinProtocol, SECLEVEL).
        await LeafAsync(key: "rsa:2048");
        var old = await CheckAsync(["-cert_chain", At("int.pem"), "-tls1", "-cipher", ciphers]);
        old.Status.ShouldBe(Status.Down, old.Message);
        reasons.ShouldContain(old.Reason);
        if (old.Reason == Reasons.TlsVersion) old.Attribute("tls_version").ShouldBe("TLS 1.0");
    }

    [Fact]
    public async Task A_list_of_certificates_beyond_all_measure_is_too_large()
    {
        await LeafAsync();
        await File.WriteAllTextAsync(At("many.pem"), string.Concat(Enumerable.Repeat(await File.ReadAllTextAsync(At("int.pem")), 200)));
        var flooded = await CheckAsync(["-cert_chain", At("many.pem")]);
        (flooded.Status, flooded.Reason).ShouldBe((Status.Down, Reasons.TooLarge), flooded.Message);
    }

    private async Task LeafAsync(string name = "zoo.test", string key = "ec:P-256", string digest = "-sha256", string from = "0d", string until = "90d")
    {
        string[] made = key.StartsWith("ec:", StringComparison.Ordinal) ? ["-newkey", "ec", "-pkeyopt", $"ec_paramgen_curve:{key[3..]}"] : ["-newkey", key];
        await Openssl(["req", .. made, "-nodes", "-keyout", At("leaf.key"), "-out", At("leaf.csr"), "-subj", $"/CN={name}"]);
        await File.WriteAllTextAsync(At("ca.cnf"), $"""
            [ca]
            default_ca=zoo
            [zoo]
            database={At("index")}
            serial={At("serial")}
            new_certs_dir={directory.Path}
            policy=any
            [any]
            commonName=supplied
            [leaf]
            subjectAltName=DNS:{name}
            extendedKeyUsage=serverAuth
            """);
        await File.WriteAllTextAsync(At("index"), "");
        await File.WriteAllTextAsync(At("serial"), "01\n");
        await Openssl("ca", "-batch", "-notext", "-config", At("ca.cnf"), "-extensions", "leaf", "-md", digest[1..], "-cert", At("int.pem"), "-keyfile", At("int.key"),
            "-startdate", Time(from), "-enddate", Time(until), "-in", At("leaf.csr"), "-out", At("leaf.pem"));
    }

    private async Task<Result> CheckAsync(string[] server, params string[] options)
    {
        var port = VedetteProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        await using var command = Command.Start("openssl", ["s_server", "-accept", port, "-cert", At("leaf.pem"), "-key", At("leaf.key"), "-quiet", .. server]);
        await Wait.ForListenerAsync(int.Parse(port, CultureInfo.InvariantCulture));
        return await Run.CheckAsync(["tls", $"127.0.0.1:{port}", "--set", "serverName=zoo.test", "--set", $"caFile={At("root.pem")}", .. options]);
    }

    private static string[] Wrong(Result result)
    {
        using var details = JsonDocument.Parse(result.Details.ShouldNotBeNull());
        return [.. details.RootElement.GetProperty("properties").EnumerateObject().Where(property => property.Value.GetProperty("ok").ValueKind == JsonValueKind.False).Select(property => property.Name)];
    }

    // What openssl takes for a time: YYYYMMDDHHMMSSZ.
    private static string Time(string days) =>
        TimeProvider.System.GetUtcNow().AddDays(int.Parse(days.TrimEnd('d'), CultureInfo.InvariantCulture)).ToString("yyyyMMddHHmmss'Z'", CultureInfo.InvariantCulture);

    private string At(string file) => $"{directory.Path}/{file}";

    private static Task Openssl(params string[] arguments) => Command.MustAsync("openssl", arguments);
}
