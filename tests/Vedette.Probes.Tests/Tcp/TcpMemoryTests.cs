using Vedette.Probes.Resolve;
using Vedette.Probes.Tcp;
using Vedette.Probes.Tests.Tls;

namespace Vedette.Probes.Tests.Tcp;

[Collection(nameof(Deadlines))]
public sealed class TcpMemoryTests
{
    private static readonly Parameters Expecting = Parameters.Empty.With("expect", "220 ");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_without_end_and_what_is_expected_takes_little(bool secure)
    {
        using var resolver = new Resolver(ProbeRuns.Policy);
        await using var probe = new TcpProbe(resolver);
        using var zoo = new CertificateZoo();
        var noise = new byte[4096];
        await using var peer = secure
            ? TlsPeer.Serving(zoo.SelfSigned(), then: (stream, stop) => Peer.Pour(stream.Write, [], noise, stop))
            : new Peer((socket, stop) => Peer.Pour(socket, [], noise, stop));
        var seen = await RunMemory.StaysWithinAsync(() => probe.RunAsync(peer.Target, secure ? Expecting.With("tls", "true").With("skipVerify", "true") : Expecting, TimeSpan.FromSeconds(2)));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ExpectMismatch), seen.Message);
    }
}
