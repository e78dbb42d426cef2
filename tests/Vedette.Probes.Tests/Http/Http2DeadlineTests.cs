using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Tcp;
using static Vedette.Probes.Tests.Http.Http2Answers;
using static Vedette.Probes.Tests.Http.Http2Peer;

namespace Vedette.Probes.Tests.Http;

[Collection(nameof(Deadlines))]
public sealed class Http2DeadlineTests : IAsyncDisposable
{
    private static readonly Parameters Two = Parameters.Empty.With("httpVersion", "2");

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public Http2DeadlineTests() => probe = new HttpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Fact]
    public async Task A_body_that_trickles_without_end_is_a_timeout()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(new byte[1], context.RequestAborted);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, context.RequestAborted);
            }
        });
        var seen = await Deadlines.TimesOutAsync(probe, peer.Url(), Two);
        seen.Phases.Single(phase => phase.Key == "transfer").Value.ShouldBeInRange(0.1, 0.395);
    }

    [Theory, MemberData(nameof(Idle), MemberType = typeof(Http2Answers))]
    public async Task What_never_ends_and_breaks_no_bound_is_ended_at_the_deadline(string what, byte[] beginning, byte[] repeated)
    {
        await using var peer = Repeating(beginning, repeated);
        var seen = await Deadlines.TimesOutAsync(probe, peer.Url, Two);
        seen.Phases.TryGet("connect", out _).ShouldBeTrue(what);
    }

    [Theory, MemberData(nameof(Endless), MemberType = typeof(Http2Answers))]
    public async Task What_never_ends_is_ended_at_its_bounds(string what, byte[] beginning, byte[] repeated, string reason)
    {
        await using var peer = Repeating(beginning, repeated);
        var seen = await Deadlines.RunInTimeAsync(probe, peer.Url, Two, TimeSpan.FromSeconds(4));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), $"{what}: {seen.Message}");
        peer.Sent.ShouldBeLessThan(BufferedAtMost);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(20)]
    [InlineData(45)]
    public async Task A_peer_that_stalls_is_a_timeout_at_the_deadline(int after)
    {
        var answer = Join(Hello, Stated10, Text(0, "hello"), Text(EndStream, "world"));
        await using var peer = new Http2Peer(async (send, socket) =>
        {
            await send(answer.AsMemory(0, after));
            await Peer.Silence(socket, CancellationToken.None);
        });
        var seen = await Deadlines.TimesOutAsync(probe, peer.Url, Two);
        seen.Message.ShouldNotBeNull().ShouldContain(after < 45 ? "waiting" : "reading");
    }
}
