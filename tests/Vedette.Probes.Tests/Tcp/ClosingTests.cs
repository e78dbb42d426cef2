using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Vedette.Probes.Connect;

namespace Vedette.Probes.Tests.Tcp;

/// <summary>How the peer sees a connection end, in steps of a clock that stands otherwise.</summary>
public sealed class ClosingTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly HandTime time = new();
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> peers = [];

    public ClosingTests()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
    }

    public void Dispose()
    {
        foreach (var peer in peers) peer.Dispose();
        listener.Dispose();
    }

    [Fact]
    public void A_greeting_that_was_not_read_is_taken_in_before_the_end_is_told()
    {
        var closing = new ClosingSockets(time);
        var (ours, peer) = Connect();
        peer.Send("220 welcome\r\n"u8);
        closing.Close(ours, To, spoken: false);
        HeardEnd(peer).ShouldBe(SocketError.Success);
        IsOpen(ours).ShouldBeTrue();
        peer.Shutdown(SocketShutdown.Send);
        time.Advance(Step);
        IsOpen(ours).ShouldBeFalse();
        ErrorOf(peer).ShouldBe(SocketError.Success);
    }

    [Fact]
    public void A_greeting_that_comes_after_the_end_was_told_meets_no_reset()
    {
        var closing = new ClosingSockets(time);
        var (ours, peer) = Connect();
        closing.Close(ours, To, spoken: false);
        HeardEnd(peer).ShouldBe(SocketError.Success);
        for (var i = 0; i < 3; i++)
        {
            peer.Send("220 welcome\r\n"u8);
            ErrorOf(peer).ShouldBe(SocketError.Success);
            time.Advance(Step);
        }

        IsOpen(ours).ShouldBeTrue();
        peer.Shutdown(SocketShutdown.Send);
        time.Advance(Step);
        IsOpen(ours).ShouldBeFalse();
        ErrorOf(peer).ShouldBe(SocketError.Success);
    }

    [Fact]
    public void A_peer_that_ended_first_is_not_waited_for_and_takes_no_port()
    {
        var closing = new ClosingSockets(time, mostHeld: 0);
        var (ours, peer) = Connect();
        peer.Send("bye"u8);
        peer.Shutdown(SocketShutdown.Send);
        Await(() => ours.Available == 3 && ours.Poll(0, SelectMode.SelectRead));
        closing.Close(ours, To, spoken: false);
        IsOpen(ours).ShouldBeFalse();
        HeardEnd(peer).ShouldBe(SocketError.Success);
    }

    [Fact]
    public void A_peer_that_never_ends_is_left_after_a_second()
    {
        var closing = new ClosingSockets(time);
        var (ours, peer) = Connect();
        closing.Close(ours, To, spoken: false);
        for (var i = 0; i < 4; i++) time.Advance(Step);
        IsOpen(ours).ShouldBeTrue();
        time.Advance(Step);
        IsOpen(ours).ShouldBeFalse();
        HeardEnd(peer).ShouldBe(SocketError.Success);
    }

    [Fact]
    public async Task A_peer_that_floods_is_left_after_64_KiB_however_little_time_has_passed()
    {
        var closing = new ClosingSockets(time);
        var (ours, peer) = Connect();
        closing.Close(ours, To, spoken: false);
        var flood = FloodAsync(peer);
        Await(() =>
        {
            time.FireAll();
            return !IsOpen(ours);
        });
        (await flood).ShouldBeOneOf(SocketError.ConnectionReset, SocketError.Shutdown);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public void A_peer_that_ended_without_a_word_is_not_waited_for_next_time_unless_there_was_one(bool greets, bool spoken, bool waited)
    {
        var closing = new ClosingSockets(time);
        var (first, firstPeer) = Connect();
        closing.Close(first, To, spoken: false);
        firstPeer.Shutdown(SocketShutdown.Send);
        time.Advance(Step);
        IsOpen(first).ShouldBeFalse();

        var (second, secondPeer) = Connect();
        if (greets) secondPeer.Send("220 welcome\r\n"u8);
        closing.Close(second, To, spoken);
        IsOpen(second).ShouldBe(waited);
        HeardEnd(secondPeer).ShouldBe(SocketError.Success);

        time.Advance(TimeSpan.FromMinutes(1));
        var (third, _) = Connect();
        closing.Close(third, To, spoken: false);
        IsOpen(third).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_peer_that_said_something_or_was_spoken_to_is_waited_for_next_time_too(bool greets, bool spoken)
    {
        var closing = new ClosingSockets(time);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var (ours, peer) = Connect();
            closing.Close(ours, To, spoken);
            IsOpen(ours).ShouldBeTrue();
            if (greets) peer.Send("220 welcome\r\n"u8);
            peer.Shutdown(SocketShutdown.Send);
            time.Advance(Step);
            IsOpen(ours).ShouldBeFalse();
        }
    }

    [Fact]
    public void When_too_many_wait_the_next_is_closed_at_once_and_counted()
    {
        var closing = new ClosingSockets(time, mostClosing: 2);
        var connections = Enumerable.Range(0, 4).Select(_ => Connect()).ToList();
        using var crowded = Count("vedette.probes.crowded_closings", out var counted);
        foreach (var (ours, _) in connections.Take(3)) closing.Close(ours, To, spoken: true);
        connections.Take(3).Select(pair => IsOpen(pair.Ours)).ShouldBe([true, true, false]);
        counted().ShouldBe(1);
        HeardEnd(connections[2].Peer).ShouldBe(SocketError.Success);

        connections[0].Peer.Shutdown(SocketShutdown.Send);
        time.Advance(Step);
        closing.Close(connections[3].Ours, To, spoken: true);
        IsOpen(connections[3].Ours).ShouldBeTrue();
        counted().ShouldBe(1);
    }

    [Fact]
    public void When_too_many_ports_are_held_the_next_connection_is_reset_and_counted()
    {
        var closing = new ClosingSockets(time, mostHeld: 1);
        var (first, second) = (Connect(), Connect());
        using var resets = Count("vedette.probes.reset_connections", out var counted);
        closing.Close(first.Ours, To, spoken: false);
        closing.Close(second.Ours, To, spoken: false);
        counted().ShouldBe(1);
        HeardEnd(first.Peer).ShouldBe(SocketError.Success);
        HeardEnd(second.Peer).ShouldBe(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task At_the_end_nothing_is_left_open()
    {
        var closing = new ClosingSockets(TimeProvider.System);
        var (ours, peer) = Connect();
        var (late, latePeer) = Connect();
        closing.Close(ours, To, spoken: false);
        await closing.DisposeAsync();
        closing.Close(late, To, spoken: false);
        (IsOpen(ours), IsOpen(late)).ShouldBe((false, false));
        HeardEnd(peer).ShouldBe(SocketError.Success);
        HeardEnd(latePeer).ShouldBe(SocketError.Success);
    }

    private IPEndPoint To => (IPEndPoint)listener.LocalEndPoint!;

    private (Socket Ours, Socket Peer) Connect()
    {
        var ours = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        ours.Connect(To);
        peers.Add(listener.Accept());
        return (ours, peers[^1]);
    }

    private static bool IsOpen(Socket socket) => !socket.SafeHandle.IsClosed;

    // What the peer reads at the end: nothing, or an error.
    private static SocketError HeardEnd(Socket peer)
    {
        peer.ReceiveTimeout = 5000;
        SocketError error;
        while (peer.Receive(new byte[64], SocketFlags.None, out error) > 0) continue;
        return error;
    }

    private static SocketError ErrorOf(Socket peer) => (SocketError)(int)peer.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;

    private static async Task<SocketError> FloodAsync(Socket peer)
    {
        var noise = new byte[16 * 1024];
        try
        {
            while (true) await peer.SendAsync(noise);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static void Await(Func<bool> condition) => SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(10)).ShouldBeTrue();

    private static MeterListener Count(string instrument, out Func<long> counted)
    {
        var total = 0L;
        var meters = new MeterListener { InstrumentPublished = (found, reader) => { if (found.Name == instrument) reader.EnableMeasurementEvents(found); } };
        meters.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref total, value));
        meters.Start();
        counted = () => Interlocked.Read(ref total);
        return meters;
    }
}
