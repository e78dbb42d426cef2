using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Vedette.Linux.Host;
using Vedette.Probes.Connect;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Tcp;
using Vedette.Probes.Tls;

namespace Vedette.Probes.Tests.Tls;

public sealed class TlsProbeTests : IDisposable
{
    private readonly CertificateZoo zoo = new();

    public void Dispose() => zoo.Dispose();

    [Fact]
    public async Task A_good_server_is_up_and_everything_about_it_is_told()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(), [zoo.Intermediate]);
        var seen = await TlsRuns.RunAsync(peer.Target, zoo.Trusting());
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Wrong().ShouldBeEmpty();
        seen.Phases.Select(phase => phase.Key).ShouldBe(["resolve", "connect", "tls"]);
        seen.Attribute("tls_version").ShouldBe("TLS 1.3");
        seen.Attribute("tls_cipher").ShouldBe("TLS_AES_256_GCM_SHA384");
        seen.Attribute("tls_client_certificate").ShouldBe("not requested");
        seen.Attribute("tls_first_to_expire").ShouldBe(CertificateZoo.Name);
        (seen.Measured("tls_chain_length"), seen.Measured("tls_sent_certificates_count"), seen.Measured("tls_key_bits")).ShouldBe((3, 2, 256));
        seen.Measured("tls_certificate_left_seconds").ShouldBeInRange(88.9 * 86400, 89 * 86400);
        seen.Measured("ssl_last_chain_expiry_timestamp_seconds").ShouldBe(seen.Measured("ssl_earliest_cert_expiry"));
    }

    [Theory]
    [InlineData(20, -1, Reasons.CertExpired, "validity,expiry")]
    [InlineData(-1, 60, Reasons.CertNotYetValid, "validity")]
    public async Task A_certificate_outside_its_time_is_down_and_only_that_is_wrong(int age, int left, string reason, string wrong)
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(age, left), [zoo.Intermediate]);
        await ShouldBeDownAsync(peer.Target, zoo.Trusting(), reason, wrong.Split(','));
    }

    [Fact]
    public async Task A_certificate_for_somebody_else_is_down_and_only_that_is_wrong()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(name: "other.test"), [zoo.Intermediate]);
        var seen = await ShouldBeDownAsync(peer.Target, zoo.Trusting(), Reasons.CertWrongName, "name");
        seen.Message.ShouldBe("the certificate is for other.test, not for zoo.test");
    }

    [Fact]
    public async Task A_chain_without_its_intermediate_is_incomplete_where_the_check_names_its_root()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf());
        var seen = await ShouldBeDownAsync(peer.Target, zoo.Trusting(), Reasons.ChainIncomplete, "trust", "chain");
        seen.Message.ShouldNotBeNull().ShouldContain("Zoo intermediate");
    }

    [Fact]
    public async Task A_certificate_that_says_whence_to_fetch_its_issuer_lacks_it_and_nobody_goes_there()
    {
        var visits = 0;
        await using var trap = new Peer((_, _) => Task.FromResult(Interlocked.Increment(ref visits)));
        await using var peer = TlsPeer.Serving(zoo.Leaf(issuerUrl: $"http://{trap.Target}/"));
        await ShouldBeDownAsync(peer.Target, zoo.Trusting().Without("caFile"), Reasons.ChainIncomplete, "trust", "chain");
        visits.ShouldBe(0);
    }

    [Fact]
    public async Task An_issuer_that_this_host_does_not_know_is_untrusted()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(issuer: zoo.Root));
        await ShouldBeDownAsync(peer.Target, zoo.Trusting().Without("caFile"), Reasons.CertUntrusted, "trust", "chain");
    }

    [Fact]
    public async Task An_issuer_that_only_has_a_trusted_name_is_untrusted()
    {
        var impostor = zoo.Authority("Zoo root", null, TimeSpan.FromDays(100));
        await using var peer = TlsPeer.Serving(zoo.Leaf(issuer: impostor));
        (await TlsRuns.RunAsync(peer.Target, zoo.Trusting())).Reason.ShouldBe(Reasons.CertUntrusted);
    }

    [Fact]
    public async Task A_self_signed_certificate_is_untrusted_unless_it_is_the_root()
    {
        var lonely = zoo.SelfSigned();
        await using var peer = TlsPeer.Serving(lonely);
        var seen = await ShouldBeDownAsync(peer.Target, zoo.Trusting(), Reasons.CertUntrusted, "trust");
        seen.Message.ShouldNotBeNull().ShouldContain("self-signed");
        (await TlsRuns.RunAsync(peer.Target, zoo.Trusting().With("caFile", zoo.FileOf(lonely)))).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task An_intermediate_that_only_this_host_has_does_not_complete_the_chain_that_was_sent()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf());
        await ShouldBeDownAsync(peer.Target, zoo.Trusting().With("caFile", zoo.FileOf(zoo.Root, zoo.Intermediate)), Reasons.ChainIncomplete, "chain");
    }

    [Fact]
    public async Task An_intermediate_that_expires_first_is_named_and_what_is_not_used_does_not_count()
    {
        var old = zoo.Authority("Old intermediate", zoo.Root, TimeSpan.FromDays(5));
        await using var peer = TlsPeer.Serving(zoo.Leaf(issuer: old, left: 4), [old]);
        var seen = await TlsRuns.RunAsync(peer.Target, zoo.Trusting().With("warnLeft", "0s").With("criticalLeft", "108h"));
        (seen.Status, seen.Reason, seen.Attribute("tls_first_to_expire")).ShouldBe((Status.Down, Reasons.CertExpiresSoon, CertificateZoo.Name), seen.Message);
        var expired = zoo.Authority("Expired intermediate", zoo.Root, TimeSpan.FromDays(-1));
        await using var sick = TlsPeer.Serving(zoo.Leaf(age: 20, left: -2, issuer: expired), [expired]);
        seen = await ShouldBeDownAsync(sick.Target, zoo.Trusting(), Reasons.CertExpired, "validity", "expiry");
        seen.Attribute("tls_first_to_expire").ShouldBe(CertificateZoo.Name);
    }

    [Fact]
    public async Task A_certificate_for_clients_is_not_a_servers()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(usage: CertificateZoo.ClientAuth), [zoo.Intermediate]);
        await ShouldBeDownAsync(peer.Target, zoo.Trusting(), Reasons.CertWrongUsage, "usage");
    }

    [Fact]
    public void A_signature_with_SHA_1_is_weak()
    {
        var old = zoo.OldAuthority();
        var signature = ChainRules.Signature(Follow(zoo.Leaf(issuer: old, sha1: true), old));
        (signature.Holds, signature.Problem?.Reason).ShouldBe((false, Reasons.WeakSignature), signature.Why);
        ChainRules.Signature(Follow(zoo.Leaf(issuer: old), old)).Holds.ShouldBe(true);
    }

    [Fact]
    public void A_small_key_anywhere_in_the_chain_is_weak()
    {
        var old = zoo.OldAuthority(bits: 1024);
        var key = ChainRules.Key(Follow(zoo.Leaf(issuer: old), old));
        (key.Holds, key.Problem?.Reason, key.Why).ShouldBe((false, Reasons.WeakKey, "the key of Old authority is weak: RSA 1024 bits, where 2048 are needed"));
    }

    [Fact]
    public async Task What_is_wrong_hides_nothing_else()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(age: 20, left: -2, name: "other.test", usage: CertificateZoo.ClientAuth), [zoo.Intermediate]);
        var seen = await ShouldBeDownAsync(peer.Target, zoo.Trusting(), Reasons.CertExpired, "validity", "name", "usage", "expiry");
        seen.Message.ShouldNotBeNull().ShouldEndWith("; also wrong: name, usage, expiry");
        (await TlsRuns.RunAsync(peer.Target, zoo.Trusting().With("skipVerify", "true"))).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task What_is_left_warns_first_and_fails_later()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(age: 1, left: 20), [zoo.Intermediate]);
        (await TlsRuns.RunAsync(peer.Target, zoo.Trusting())).Status.ShouldBe(Status.Up);
        var warned = await TlsRuns.RunAsync(peer.Target, zoo.Trusting().With("warnLeft", "21d"));
        (warned.Status, warned.Reason).ShouldBe((Status.Degraded, Reasons.CertExpiresSoon), warned.Message);
        warned.Wrong().ShouldBe(["expiry"]);
        await ShouldBeDownAsync(peer.Target, zoo.Trusting().With("warnLeft", "720h").With("criticalLeft", "21d"), Reasons.CertExpiresSoon, "expiry");
    }

    [Theory]
    [InlineData(true, 0, -2, Status.Down, Reasons.CertExpired)]
    [InlineData(true, 0.1, -2, Status.Down, Reasons.CertExpired)]
    [InlineData(true, 3 * 86400, -2, Status.Unknown, Reasons.ClockUnsynced)]
    [InlineData(false, 0, -0.001, Status.Unknown, Reasons.ClockUnsynced)]
    [InlineData(false, 0, -0.5, Status.Down, Reasons.CertExpired)]
    [InlineData(false, 0, 0.001, Status.Up, null)]
    [InlineData(false, 0, 89, Status.Up, null)]
    public async Task A_verdict_that_hangs_on_a_clock_nobody_keeps_right_is_unknown(bool kept, double error, double left, Status status, string? reason)
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(age: 20, left: left), [zoo.Intermediate]);
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new TlsProbe(resolver, () => new HostClock(kept, TimeSpan.FromSeconds(error), TimeSpan.Zero));
        var seen = await probe.RunAsync(peer.Target, zoo.Trusting().With("warnLeft", "0s").With("criticalLeft", "0s"));
        (seen.Status, seen.Reason).ShouldBe((status, reason), seen.Message);
        seen.Attribute("clock").ShouldBe(kept ? null : "unsynced");
        (await probe.RunAsync(peer.Target, zoo.Trusting().With("serverName", "other.test"))).Status.ShouldBe(Status.Down);
    }

    [Fact]
    public async Task A_certificate_until_the_end_of_time_is_good()
    {
        var eternal = zoo.SelfSigned(new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));
        await using var peer = TlsPeer.Serving(eternal);
        var seen = await TlsRuns.RunAsync(peer.Target, zoo.Trusting().With("caFile", zoo.FileOf(eternal)));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("ssl_earliest_cert_expiry").ShouldBe(253402300799);
    }

    [Fact]
    public async Task Protocols_are_offered_and_one_has_to_be_chosen()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(), [zoo.Intermediate], options => options.ApplicationProtocols = [SslApplicationProtocol.Http11]);
        await using var deaf = TlsPeer.Serving(zoo.Leaf(), [zoo.Intermediate]);
        (await TlsRuns.RunAsync(peer.Target, zoo.Trusting().With("alpn", "h2,http/1.1"))).Attribute("tls_alpn").ShouldBe("http/1.1");
        (await TlsRuns.RunAsync(peer.Target, zoo.Trusting())).Attribute("tls_alpn").ShouldBeNull();
        await ShouldBeDownAsync(deaf.Target, zoo.Trusting().With("alpn", "h2"), Reasons.ProtocolError, "alpn");
        await ShouldBeDownAsync(peer.Target, zoo.Trusting().With("alpn", "h2"), Reasons.ProtocolError, "handshake");
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task A_client_certificate_that_is_asked_for_is_not_required(SslProtocols version)
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(), [zoo.Intermediate], options =>
        {
            options.EnabledSslProtocols = version;
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null;
        });
        var seen = await TlsRuns.RunAsync(peer.Target, zoo.Trusting());
        (seen.Status, seen.Attribute("tls_client_certificate")).ShouldBe((Status.Up, "requested"), seen.Message);
        seen.Attribute("tls_version").ShouldBe(version == SslProtocols.Tls13 ? "TLS 1.3" : "TLS 1.2");
    }

    [Fact]
    public async Task The_address_is_found_in_the_certificate_too_and_no_name_is_asked_for()
    {
        var asked = new TaskCompletionSource<string>();
        await using var peer = TlsPeer.Serving(zoo.Leaf(name: "127.0.0.1"), [zoo.Intermediate], then: (stream, _) => Task.FromResult(asked.TrySetResult(stream.TargetHostName)));
        (await TlsRuns.RunAsync(peer.Target, Parameters.Empty.With("caFile", zoo.RootFile))).Status.ShouldBe(Status.Up);
        (await asked.Task.WaitAsync(TimeSpan.FromSeconds(5))).ShouldBe("");
    }

    [Theory]
    [InlineData("example.org", null)]
    [InlineData("example.org:8443", null)]
    [InlineData("192.0.2.1", null)]
    [InlineData("2001:db8::1", null)]
    [InlineData("[2001:db8::1]", null)]
    [InlineData("[2001:db8::1]:8443", null)]
    [InlineData("https://example.org", "URL")]
    [InlineData("example.org:0", "HOST:PORT")]
    [InlineData("example.org:", "HOST:PORT")]
    [InlineData("", "empty")]
    public void A_target_is_a_host_with_or_without_a_port(string target, string? complaint)
    {
        var refused = TlsProbe.Kind.RefuseTarget(target);
        if (complaint is null) refused.ShouldBeNull();
        else refused.ShouldNotBeNull().ShouldContain(complaint);
    }

    [Theory]
    [InlineData("h2", true)]
    [InlineData("h2, http/1.1", true)]
    [InlineData("h2,,x", false)]
    [InlineData("", false)]
    public void Protocols_to_offer_have_names(string list, bool good)
    {
        var problems = new Problems();
        TlsProbe.Kind.Validate("example.org", Parameters.Empty.With("alpn", list), problems);
        problems.None.ShouldBe(good);
        TlsProbe.Kind.Option("alpn")!.Problem(new string('x', 256)).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("a.zoo.test", "a.zoo.test", true)]
    [InlineData("a.zoo.test", "A.ZOO.TEST.", true)]
    [InlineData("*.zoo.test", "a.zoo.test", true)]
    [InlineData("*.zoo.test", "a.b.zoo.test", false)]
    [InlineData("*.zoo.test", "zoo.test", false)]
    [InlineData("a_b.zoo.test", "a_b.zoo.test", true)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("a.zoo.test", "192.0.2.1", false)]
    [InlineData("a.zoo.test", "-.-", false)]
    [InlineData("a.zoo.test", "a b", false)]
    public void A_name_is_found_as_RFC_9525_says(string certified, string wanted, bool found) =>
        CertificateRules.Name(zoo.Leaf(name: certified), wanted).Holds.ShouldBe(found);

    private UsedChain Follow(X509Certificate2 leaf, X509Certificate2 issuer)
    {
        using var sent = SentCertificates.Of([new X509Certificate2(leaf), new X509Certificate2(issuer)]).ShouldNotBeNull();
        using var roots = new TlsTerms(CertificateZoo.Name, SkipVerify: false, zoo.RootFile, []).Roots(out _).ShouldNotBeNull();
        return sent.Follow(roots.Policy, CertificateZoo.Now);
    }

    private static async Task<Observation> ShouldBeDownAsync(string target, Parameters parameters, string reason, params string[] wrong)
    {
        var seen = await TlsRuns.RunAsync(target, parameters);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), seen.Message);
        seen.Wrong().ShouldBe(wrong);
        return seen;
    }
}
