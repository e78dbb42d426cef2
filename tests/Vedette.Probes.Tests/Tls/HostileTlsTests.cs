using System.Buffers.Binary;
using System.Text;

namespace Vedette.Probes.Tests.Tls;

public sealed class HostileTlsTests : IDisposable
{
    private readonly CertificateZoo zoo = new();

    /// <summary>What answers instead of TLS, and what is said of it.</summary>
    public static TheoryData<string, string> Strangers => new()
    {
        { "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "'HTTP/1.1 400 Bad Request'" },
        { "SSH-2.0-OpenSSH_9.2\r\n", "'SSH-2.0-OpenSSH_9.2'" },
        { "220 mail.zoo.test ESMTP\r\n", "'220 mail.zoo.test ESMTP'" },
        { "\0\u0001\u0002\u0003\u0004\u0005\u0006\a", "the bytes 0001020304050607" },
    };

    public void Dispose() => zoo.Dispose();

    [Theory, MemberData(nameof(Strangers))]
    public async Task What_is_not_TLS_is_quoted(string answer, string quoted)
    {
        await using var peer = TlsPeer.Saying(Encoding.Latin1.GetBytes(answer));
        var seen = await TlsRuns.RunAsync(peer.Target, Parameters.Empty);
        (seen.Status, seen.Reason, seen.Message).ShouldBe((Status.Down, Reasons.TlsHandshake, $"the server does not speak TLS here: it said {quoted}"));
        seen.Wrong().ShouldBe(["handshake"]);
    }

    [Theory]
    [InlineData(40, "alert 40 (handshake_failure)")]
    [InlineData(70, "alert 70 (protocol_version)")]
    [InlineData(112, "alert 112 (unrecognized_name)")]
    [InlineData(80, "alert 80 (internal_error)")]
    [InlineData(200, "alert 200")]
    public async Task An_alert_is_told_by_number_and_name(byte alert, string told)
    {
        await using var peer = TlsPeer.Saying([21, 3, 3, 0, 2, 2, alert]);
        var seen = await TlsRuns.RunAsync(peer.Target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.TlsHandshake), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain(told);
    }

    [Fact]
    public async Task A_server_without_secure_renegotiation_is_refused_by_policy()
    {
        await using var peer = TlsPeer.Saying(Record(22, ServerHello(secureRenegotiation: false)));
        var seen = await TlsRuns.RunAsync(peer.Target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.TlsPolicy), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain("RFC 5746");
    }

    [Fact]
    public async Task A_list_of_certificates_beyond_all_measure_is_too_large()
    {
        var certificate = zoo.Leaf().RawData;
        await using var peer = TlsPeer.Saying([.. Record(22, ServerHello()), .. Record(22, Certificates(Enumerable.Repeat(certificate, 400)))]);
        var seen = await TlsRuns.RunAsync(peer.Target, Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.TooLarge), seen.Message);
    }

    [Fact]
    public async Task A_list_without_certificates_breaks_the_rules()
    {
        await using var peer = TlsPeer.Saying([.. Record(22, ServerHello()), .. Record(22, Certificates([]))]);
        (await TlsRuns.RunAsync(peer.Target, Parameters.Empty)).Reason.ShouldBe(Reasons.TlsHandshake);
    }

    [Fact]
    public async Task A_server_that_hangs_up_at_any_step_is_down()
    {
        var leaf = zoo.SelfSigned();
        var parameters = zoo.Trusting().With("caFile", zoo.FileOf(leaf));
        var after = 0;
        for (var seen = new Observation(); seen.Status != Status.Up; after += 37)
        {
            await using var peer = TlsPeer.Cut(leaf, after, silent: false);
            seen = await TlsRuns.RunAsync(peer.Target, parameters);
            if (seen.Status == Status.Up) continue;
            seen.Status.ShouldBe(Status.Down, $"after {after} bytes: {seen.Message}");
            seen.Reason.ShouldBeOneOf(Reasons.TlsHandshake, Reasons.Reset);
            seen.Wrong().ShouldBe(["handshake"]);
            after.ShouldBeLessThan(10_000);
        }

        after.ShouldBeGreaterThan(500);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10_000)]
    public async Task A_server_that_ends_the_connection_instead_of_shaking_hands_is_down_at_once(int times)
    {
        // RFC 8446 section 6.1: close_notify, and again.
        byte[] endings = [.. Enumerable.Repeat((byte[])[21, 3, 3, 0, 2, 1, 0], times).SelectMany(ending => ending)];
        await using var peer = TlsPeer.Saying(endings);
        var seen = await TlsRuns.RunAsync(peer.Target, Parameters.Empty, TimeSpan.FromSeconds(20));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.TlsHandshake), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain("closed the connection");
    }

    [Fact]
    public async Task A_hundred_certificates_are_counted_and_ten_are_shown()
    {
        var chain = new List<System.Security.Cryptography.X509Certificates.X509Certificate2> { zoo.Intermediate };
        while (chain.Count < 98) chain.Add(zoo.Authority($"Authority {chain.Count}", chain[^1], TimeSpan.FromDays(500)));
        await using var peer = TlsPeer.Serving(zoo.Leaf(issuer: chain[^1]), [.. chain]);
        var seen = await TlsRuns.RunAsync(peer.Target, zoo.Trusting());
        seen.Measured("tls_sent_certificates_count").ShouldBe(99);
        seen.Details.ShouldNotBeNull().Length.ShouldBeLessThan(10_000);
        seen.Status.ShouldBe(Status.Up, seen.Message);
    }

    [Fact]
    public async Task A_server_that_wants_to_begin_anew_after_the_handshake_does_not_matter()
    {
        await using var peer = TlsPeer.Serving(
            zoo.Leaf(),
            [zoo.Intermediate],
            options => (options.EnabledSslProtocols, options.AllowRenegotiation) = (System.Security.Authentication.SslProtocols.Tls12, true),
            (stream, stop) => stream.NegotiateClientCertificateAsync(stop));
        (await TlsRuns.RunAsync(peer.Target, zoo.Trusting())).Status.ShouldBe(Status.Up);
    }

    // RFC 5246 section 6.2.1: what does not fit into one record goes on in the next.
    internal static byte[] Record(byte type, byte[] body) =>
        [.. body.Chunk(16_384).SelectMany(part => (byte[])[type, 3, 3, (byte)(part.Length >> 8), (byte)part.Length, .. part])];

    // RFC 5246 section 7.4.1.3: version, random, no session, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, no compression; RFC 5746 section 3.2.
    internal static byte[] ServerHello(bool secureRenegotiation = true) =>
        Message(2, [3, 3, .. new byte[32], 0, 0xC0, 0x2F, 0, .. secureRenegotiation ? (byte[])[0, 5, 0xFF, 1, 0, 1, 0] : []]);

    internal static byte[] Certificates(IEnumerable<byte[]> certificates)
    {
        byte[] list = [.. certificates.SelectMany(certificate => (byte[])[.. Length(certificate.Length), .. certificate])];
        return Message(11, [.. Length(list.Length), .. list]);
    }

    internal static byte[] Message(byte type, byte[] body) => [type, .. Length(body.Length), .. body];

    private static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        return bytes[1..];
    }
}
