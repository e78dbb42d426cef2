using System.Net;
using System.Threading.Channels;
using Vedette.Linux.Events;
using Vedette.Linux.Sockets;

namespace Vedette.Linux.Tests.Events;

[Collection(nameof(WholeHost))]
public sealed class EpollThreadTests
{
    // An echo request to loopback with a checksum that is right.
    private static readonly byte[] Request = [8, 0, 0xF7, 0xFF, 0, 0, 0, 0];

    private readonly SendBatch outbox = new(4, 64);
    private readonly ReceiveBatch inbox = new(4, 128);

    [Fact]
    public async Task What_arrives_is_read_with_its_stamp_and_hop_limit()
    {
        var arrivals = Channel.CreateBounded<(IPAddress? Peer, Arrival Arrival)>(100);
        await using var thread = Start();
        using var socket = Open();
        thread.Watch(socket, _ =>
        {
            for (var left = socket.Receive(inbox, reports: false, out var _); left > 0; left--) arrivals.Writer.TryWrite((inbox.Peer(left - 1), inbox.Arrival(left - 1)));
        }, _ => { }).ShouldBe(Errno.None);

        var before = Instant.Now();
        Send(socket, IPAddress.Parse("127.3.2.1"), hopLimit: 33);

        // A raw socket hears the whole host, so what comes first may be another's.
        var (peer, arrival) = await arrivals.Reader.ReadAsync(Patience());
        while (!IPAddress.Parse("127.3.2.1").Equals(peer)) (peer, arrival) = await arrivals.Reader.ReadAsync(Patience());
        arrival.At.ShouldNotBeNull().ShouldBeInRange(before.Wall, Instant.Now().Wall);
        arrival.HopLimit.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_callback_that_throws_is_told_and_the_thread_goes_on()
    {
        var faults = Channel.CreateBounded<string>(100);
        await using var thread = Start();
        using var socket = Open();
        thread.Watch(socket, _ =>
        {
            socket.Receive(inbox, reports: false, out var _);
            throw new InvalidOperationException("a bug");
        }, bug => faults.Writer.TryWrite(bug.Message)).ShouldBe(Errno.None);
        for (var times = 0; times < 3; times++)
        {
            Send(socket, IPAddress.Loopback, hopLimit: null);
            (await faults.Reader.ReadAsync(Patience())).ShouldBe("a bug");
        }
    }

    [Fact]
    public async Task Room_is_told_when_asked_for_and_then_no_more()
    {
        var rooms = Channel.CreateBounded<Readiness>(100);
        await using var thread = Start();
        using var socket = Open();
        thread.Watch(socket, ready =>
        {
            thread.WatchRoom(socket, wanted: false);
            rooms.Writer.TryWrite(ready);
        }, _ => { }).ShouldBe(Errno.None);
        socket.Hear([]);
        thread.WatchRoom(socket, wanted: true).ShouldBe(Errno.None);
        (await rooms.Reader.ReadAsync(Patience())).ShouldBe(Readiness.Writable);
        rooms.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_socket_that_hears_nothing_wakes_nobody()
    {
        var calls = 0;
        await using var thread = Start();
        using var deaf = Open();
        deaf.Hear([]).ShouldBe(Errno.None);
        using var hearing = Open();
        var heard = Channel.CreateBounded<bool>(100);
        thread.Watch(deaf, _ => calls++, _ => { });
        thread.Watch(hearing, _ =>
        {
            hearing.Receive(inbox, reports: false, out var _);
            heard.Writer.TryWrite(true);
        }, _ => { });
        Send(deaf, IPAddress.Loopback, hopLimit: null);
        await heard.Reader.ReadAsync(Patience());
        calls.ShouldBe(0);
    }

    [Fact]
    public void A_send_that_is_not_allowed_is_an_error_and_no_exception()
    {
        using var socket = Open();
        outbox.Clear();
        Request.CopyTo(outbox.Add(IPAddress.Broadcast, Request.Length, null, null));
        socket.Send(outbox, 0, out var error).ShouldBe(0);
        error.ShouldBe(Errno.AccessDenied);
        socket.Receive(inbox, reports: true, out error).ShouldBe(0);
        error.ShouldBe(Errno.TryAgain);
    }

    [Fact]
    public void A_full_batch_goes_with_one_call()
    {
        using var socket = Open();
        outbox.Clear();
        for (var i = 0; i < outbox.Capacity; i++) Request.CopyTo(outbox.Add(IPAddress.Loopback, Request.Length, null, IPAddress.Loopback));
        socket.Send(outbox, 1, out var error).ShouldBe(outbox.Capacity - 1);
        error.ShouldBe(Errno.None);
    }

    private static EpollThread Start() => EpollThread.Start("test", out _).ShouldNotBeNull();

    private static IcmpSocket Open() => IcmpSocket.Open(v6: false, IcmpAccess.Raw, dontFragment: false, out _).ShouldNotBeNull();

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token;

    private void Send(IcmpSocket socket, IPAddress to, int? hopLimit)
    {
        outbox.Clear();
        Request.CopyTo(outbox.Add(to, Request.Length, hopLimit, null));
        socket.Send(outbox, 0, out var error).ShouldBe(1);
        error.ShouldBe(Errno.None);
    }
}
