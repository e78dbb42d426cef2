using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Vedette.Probes.Tcp;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Connect;

public sealed class TlsTests : IAsyncDisposable
{
    private readonly TlsScene<TcpProbe> scene = new(resolver => new TcpProbe(resolver));

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task A_good_certificate_is_up_with_version_cipher_and_expiry()
    {
        var until = TestAuthority.Now.AddDays(30);
        using var certificate = scene.Authority.Issue("zoo.test", TestAuthority.Now.AddDays(-1), until);
        var seen = await ShakeAsync(certificate, "zoo.test");
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("ssl_earliest_cert_expiry").ShouldBe(until.ToUnixTimeSeconds());
        seen.Attributes.Single(a => a.Key == "tls_version").Value.ShouldBe("TLS 1.3");
        seen.Details.ShouldNotBeNull().ShouldContain("zoo.test");
    }

    [Fact]
    public async Task An_address_is_found_in_the_certificate_too()
    {
        using var certificate = scene.Authority.Issue("127.0.0.1", TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(30));
        (await ShakeAsync(certificate, serverName: null)).Status.ShouldBe(Status.Up);
    }

    [Theory]
    [InlineData(-20, -10, "zoo.test", Reasons.CertExpired)]
    [InlineData(10, 20, "zoo.test", Reasons.CertNotYetValid)]
    [InlineData(-1, 30, "other.test", Reasons.CertWrongName)]
    public async Task A_bad_certificate_is_down_for_its_own_reason_and_still_described(int from, int until, string serverName, string reason)
    {
        using var certificate = scene.Authority.Issue("zoo.test", TestAuthority.Now.AddDays(from), TestAuthority.Now.AddDays(until));
        var seen = await ShakeAsync(certificate, serverName);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason));
        seen.Measured("ssl_earliest_cert_expiry").ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("zoo.test")]
    [InlineData("other.test")]
    public async Task The_time_of_a_handshake_is_the_servers_and_not_that_of_our_judgement(string serverName)
    {
        using var certificate = scene.Authority.Issue("zoo.test", TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(30));
        var time = new LongJudgement();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await using var peer = Serving(certificate);
        var parameters = scene.Trusting(Parameters.Empty.With("tls", "true").With("serverName", serverName));
        var seen = await ProbeRuns.Bind(scene.Probe, peer.Target, parameters)(new RunContext(time, time.GetTimestamp(), TimeSpan.FromDays(1), deadline.Token));
        time.Judged.ShouldBeTrue();
        seen.Phases.Single(phase => phase.Key == "tls").Value.ShouldBeLessThan(60);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_untrusted_unless_nobody_asks()
    {
        using var certificate = scene.Authority.Issue("zoo.test", TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(30));
        (await ShakeAsync(certificate, "zoo.test", trusted: false)).Reason.ShouldBe(Reasons.CertUntrusted);
        (await ShakeAsync(certificate, "zoo.test", trusted: false, skip: true)).Status.ShouldBe(Status.Up);
    }

    [Theory]
    [InlineData("010203", Reasons.CertUntrusted)]
    [InlineData("30058703010203", Reasons.CertWrongName)]
    [InlineData("30048202FFFE", Reasons.CertWrongName)]
    public async Task Names_that_cannot_be_read_are_nobodys(string extension, string reason)
    {
        var names = new X509Extension("2.5.29.17", Convert.FromHexString(extension), critical: false);
        using var certificate = scene.Authority.Issue("zoo.test", names, TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(30));
        var seen = await ShakeAsync(certificate, "zoo.test");
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), seen.Message);
        (await ShakeAsync(certificate, "zoo.test", trusted: false)).Reason.ShouldBe(Reasons.CertUntrusted);
        (await ShakeAsync(certificate, "zoo.test", skip: true)).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task A_ca_file_that_cannot_be_used_says_nothing_of_the_target()
    {
        await using var peer = new Peer(Peer.Silence);
        var empty = Path.GetTempFileName();
        foreach (var file in new[] { "/nonexistent/ca.pem", Path.GetTempPath(), empty })
        {
            var seen = await scene.Probe.RunAsync(peer.Target, Parameters.Empty.With("tls", "true").With("caFile", file));
            (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.Unsupported), seen.Message);
            seen.Message.ShouldNotBeNull().ShouldContain(file);
        }

        File.Delete(empty);
    }

    [Fact]
    public async Task A_peer_that_does_not_speak_tls_fails_the_handshake()
    {
        await using var peer = new Peer(static async (socket, stop) =>
        {
            await socket.SendAsync("220 welcome\r\n"u8.ToArray(), stop);
            await Peer.Silence(socket, stop);
        });
        var seen = await scene.Probe.RunAsync(peer.Target, Parameters.Empty.With("tls", "true"));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.TlsHandshake));
    }

    [Fact]
    public async Task A_handshake_that_stalls_ends_at_the_deadline()
    {
        await using var peer = new Peer(Peer.Silence);
        var seen = await scene.Probe.RunAsync(peer.Target, Parameters.Empty.With("tls", "true"), TimeSpan.FromMilliseconds(300));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Timeout));
    }

    private async Task<Observation> ShakeAsync(X509Certificate2 certificate, string? serverName, bool trusted = true, bool skip = false)
    {
        await using var peer = Serving(certificate);
        var parameters = Parameters.Empty.With("tls", "true").With("skipVerify", skip ? "true" : "false");
        if (serverName is not null) parameters = parameters.With("serverName", serverName);
        if (trusted) parameters = scene.Trusting(parameters);
        return await scene.Probe.RunAsync(peer.Target, parameters);
    }

    private static Peer Serving(X509Certificate2 certificate) => new(async (socket, stop) =>
    {
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
        await Peer.Silence(socket, stop);
    });

    // A certificate is judged by the time of day: to ask for that takes an hour here.
    private sealed class LongJudgement : TimeProvider
    {
        public bool Judged { get; private set; }

        public override long GetTimestamp() => base.GetTimestamp() + (Judged ? 3600 * TimestampFrequency : 0);

        public override DateTimeOffset GetUtcNow()
        {
            Judged = true;
            return base.GetUtcNow();
        }
    }
}
