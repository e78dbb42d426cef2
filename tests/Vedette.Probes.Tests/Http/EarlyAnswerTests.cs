using System.Net.Security;
using System.Net.Sockets;
using Vedette.Probes.Http;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Http;

/// <summary>Servers that do not wait for the whole request. What the probe sends finds no room at them, so that it is still writing then.</summary>
public sealed class EarlyAnswerTests : IAsyncDisposable
{
    private static readonly Parameters Large = Parameters.Empty.With("method", "POST").With("body", new string('a', 16 << 20));

    private readonly HttpsScene scene = new();
    private readonly HttpProbe probe;

    public EarlyAnswerTests() => probe = scene.Probe;

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_before_a_reset_is_read_though_the_request_was_still_being_written(bool secure)
    {
        var seen = await RunAsync(secure, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.StatusMismatch), seen.Message);
        seen.Measured("http_status_code").ShouldBe(413);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")]
    [InlineData(true, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")]
    [InlineData(false, "HTTP/1.1 200 OK\r\n\r\nwhat would have ended with the connection")]
    [InlineData(true, "HTTP/1.1 200 OK\r\n\r\nwhat would have ended with the connection")]
    public async Task A_reset_is_one_though_writing_was_told_of_it_and_reading_finds_an_end(bool secure, string answer)
    {
        var seen = await RunAsync(secure, answer);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Reset), seen.Message);
    }

    private async Task<Observation> RunAsync(bool secure, string answer)
    {
        await using var peer = new Peer(async (socket, stop) =>
        {
            // What waits to be sent is thrown away with the connection; the answer is to be on its way by then.
            socket.NoDelay = true;
            await using var wire = new NetworkStream(socket, ownsSocket: false);
            await using var stream = secure ? new SslStream(wire, leaveInnerStreamOpen: true) : (Stream)wire;
            if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(scene.Certificate);
            await stream.ReadExactlyAsync(new byte[100], stop);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), stop);
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close();
        });
        var target = secure ? $"https://{peer.Target}/" : $"http://{peer.Target}/";
        return await probe.RunAsync(target, secure ? scene.Trusting(Large) : Large);
    }
}
