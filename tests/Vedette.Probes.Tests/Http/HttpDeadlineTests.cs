using System.Text;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Http;

[Collection(nameof(Deadlines))]
public sealed class HttpDeadlineTests : IAsyncDisposable
{
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public HttpDeadlineTests() => probe = new HttpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell")]
    public async Task A_peer_that_stalls_is_a_timeout_at_the_deadline(string beginning)
    {
        await using var peer = new HttpPeer(async (_, socket, stop) =>
        {
            await HttpPeer.SendAsync(socket, Encoding.Latin1.GetBytes(beginning), stop);
            await Peer.Silence(socket, stop);
        });
        await Deadlines.TimesOutAsync(probe, peer.Url(), Parameters.Empty);
    }
}
