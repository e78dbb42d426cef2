using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Tcp;
using Vedette.Probes.Tls;

namespace Vedette.Probes.Tests.Tls;

[Collection(nameof(Deadlines))]
public sealed class TlsDeadlineTests : IAsyncDisposable
{
    private const long MostMemory = 4 * 1024 * 1024;

    private readonly CertificateZoo zoo = new();
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly TlsProbe probe;

    public TlsDeadlineTests() => probe = new TlsProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
        zoo.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(60)]
    [InlineData(127)]
    [InlineData(400)]
    public async Task A_handshake_that_stalls_ends_at_the_deadline(int after)
    {
        await using var peer = TlsPeer.Cut(zoo.SelfSigned(), after, silent: true);
        var seen = await Deadlines.TimesOutAsync(probe, peer.Target, zoo.Trusting());
        seen.Message.ShouldNotBeNull().ShouldContain(after == 0 ? "waiting for the TLS handshake" : "waiting for the rest of the TLS handshake");
    }

    [Fact]
    public async Task A_server_that_greets_without_end_ends_at_the_deadline()
    {
        // RFC 5246 section 7.4.1.1: a client in the middle of a handshake passes over it.
        var greeting = HostileTlsTests.Record(22, HostileTlsTests.Message(0, []));
        await using var peer = new Peer((socket, stop) => Peer.Pour(socket, HostileTlsTests.Record(22, HostileTlsTests.ServerHello()), greeting, stop));
        var seen = await Deadlines.RunInTimeAsync(probe, peer.Target, Parameters.Empty, TimeSpan.FromMilliseconds(300));
        seen.Status.ShouldBe(Status.Down, seen.Message);
    }

    [Fact]
    public async Task A_client_certificate_that_is_asked_for_holds_nothing_up()
    {
        await using var peer = TlsPeer.Serving(zoo.Leaf(), [zoo.Intermediate], options =>
        {
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        });
        var seen = await Deadlines.RunInTimeAsync(probe, peer.Target, zoo.Trusting(), TimeSpan.FromSeconds(2));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.DurationSeconds.ShouldBeLessThan(1);
    }

    [Fact]
    public async Task A_run_stays_within_its_memory_whatever_the_server_sends()
    {
        var certificate = zoo.Leaf().RawData;
        byte[] many = [.. HostileTlsTests.Record(22, HostileTlsTests.ServerHello()), .. HostileTlsTests.Record(22, HostileTlsTests.Certificates(Enumerable.Repeat(certificate, 150)))];
        await using var flood = TlsPeer.Saying(many);
        var chain = new List<System.Security.Cryptography.X509Certificates.X509Certificate2> { zoo.Intermediate };
        while (chain.Count < 98) chain.Add(zoo.Authority($"Authority {chain.Count}", chain[^1], TimeSpan.FromDays(500)));
        await using var lengthy = TlsPeer.Serving(zoo.Leaf(issuer: chain[^1]), [.. chain]);
        await using var noise = TlsPeer.Saying(HostileTlsTests.Record(22, new byte[1 << 20]));
        foreach (var target in new[] { flood.Target, lengthy.Target, noise.Target })
        {
            await probe.RunAsync(target, zoo.Trusting(), TimeSpan.FromSeconds(1));
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var seen = await probe.RunAsync(target, zoo.Trusting(), TimeSpan.FromSeconds(1));
            (GC.GetTotalAllocatedBytes(precise: true) - before).ShouldBeLessThan(MostMemory, seen.Message);
        }
    }
}
