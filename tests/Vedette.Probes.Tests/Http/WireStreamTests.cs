using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Http;

namespace Vedette.Probes.Tests.Http;

public sealed class WireStreamTests : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket near = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Socket far;
    private readonly WireStream wire;

    public WireStreamTests()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        near.Connect(listener.LocalEndPoint!);
        far = listener.Accept();
        wire = new WireStream(near);
    }

    public void Dispose()
    {
        wire.Dispose();
        near.Dispose();
        far.Dispose();
        listener.Dispose();
    }

    [Fact]
    public async Task A_reset_that_the_writing_half_was_told_is_told_to_the_reading_half()
    {
        Reset();
        await ShouldTellAsync(() => wire.WriteAsync(new byte[1]).AsTask(), SocketError.ConnectionReset);
        await ShouldTellAsync(() => ReadAsync(), SocketError.ConnectionReset);
        await ShouldTellAsync(() => ReadAsync(), SocketError.ConnectionReset);
    }

    [Fact]
    public async Task A_reset_that_the_reading_half_was_told_is_told_to_the_writing_half()
    {
        Reset();
        await ShouldTellAsync(() => ReadAsync(), SocketError.ConnectionReset);
        await ShouldTellAsync(() => wire.WriteAsync(new byte[1]).AsTask(), SocketError.ConnectionReset);
        await ShouldTellAsync(() => wire.WriteAsync(new byte[1]).AsTask(), SocketError.ConnectionReset);
    }

    [Fact]
    public async Task What_came_before_the_reset_is_still_read()
    {
        await far.SendAsync("hello"u8.ToArray());
        Reset();
        await ShouldTellAsync(() => wire.WriteAsync(new byte[1]).AsTask(), SocketError.ConnectionReset);
        (await ReadAsync()).ShouldBe(5);
        await ShouldTellAsync(() => ReadAsync(), SocketError.ConnectionReset);
    }

    [Fact]
    public async Task Of_two_halves_that_ask_at_once_both_are_told()
    {
        var reading = ReadAsync();
        var filling = FillAsync();
        Break();
        await ShouldTellAsync(() => reading, SocketError.ConnectionReset);
        await ShouldTellAsync(() => filling, SocketError.ConnectionReset);
    }

    [Fact]
    public async Task An_orderly_end_stays_one_though_the_peer_resets_what_is_written_after_it()
    {
        far.Close();
        (await ReadAsync()).ShouldBe(0);
        await wire.WriteAsync(new byte[1]);
        near.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectError).ShouldBeTrue();
        await ShouldTellAsync(() => wire.WriteAsync(new byte[1]).AsTask(), SocketError.Shutdown);
        (await ReadAsync()).ShouldBe(0);
    }

    private Task<int> ReadAsync() => wire.ReadAsync(new byte[100]).AsTask();

    // Until the buffers of both sides are full, and then on.
    private async Task FillAsync()
    {
        while (true) await wire.WriteAsync(new byte[64 * 1024]);
    }

    private void Break()
    {
        far.LingerState = new LingerOption(enable: true, seconds: 0);
        far.Close();
    }

    // And waits until it has come, which asks the kernel for nothing that it tells once.
    private void Reset()
    {
        Break();
        near.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectError).ShouldBeTrue();
    }

    private static async Task ShouldTellAsync(Func<Task> ask, SocketError error) =>
        (await Should.ThrowAsync<IOException>(ask)).InnerException.ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(error);
}
