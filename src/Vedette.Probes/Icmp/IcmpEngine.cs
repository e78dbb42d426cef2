using System.Collections.Concurrent;
using System.Net;
using Vedette.Linux;
using Vedette.Linux.Events;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>Sends and matches all echoes of one family: over one raw socket where allowed, otherwise over the kernel's ping socket.</summary>
/// <param name="v6">The family.</param>
/// <param name="inbox">What the reading thread reads into.</param>
/// <param name="pingOnly">Does without raw sockets.</param>
internal sealed class IcmpEngine(bool v6, ReceiveBatch inbox, bool pingOnly) : IDisposable
{
    // Of a turn; then it is the other family's.
    private const int MostSent = 64;
    private const int MostReads = 64;

    private readonly Lock opening = new();
    private readonly PendingEchoes pending = new(TimeProvider.System);
    private readonly Nonces nonces = new();
    private readonly Landings landings = new();
    private readonly ConcurrentQueue<Flight> ending = new();
    private EpollThread? thread;
    private Channel? usual;
    private Channel? uncut;
    private uint dropped;

    /// <summary>How many replies this host had no room for so far, modulo 2^32.</summary>
    public uint Dropped => Volatile.Read(ref dropped);

    /// <summary>How many requests were sent whose runs wait for an answer. The engine's thread alone knows.</summary>
    public int Awaited { get; private set; }

    /// <summary>Requests of these terms can be sent, for all that is known without a lock.</summary>
    public bool IsOpen(EchoTerms terms) =>
        Volatile.Read(ref usual) is not null && (!terms.DontFragment || Volatile.Read(ref uncut) is not null) && !(v6 && terms.Source is not null);

    /// <summary>Opens what requests of these terms need; a second time it does nothing.</summary>
    public Failure? Open(EpollThread thread, EchoTerms terms)
    {
        lock (opening)
        {
            this.thread = thread;
            if (usual is null && OpenUsual() is { } failure) return failure;

            // Linux, ping_v6_sendmsg: the address the socket is bound to replaces the one that comes with the packet.
            if (v6 && terms.Source is not null && usual is { Access: IcmpAccess.Ping }) return IcmpFailures.NoSource6;
            return terms.DontFragment && uncut is null ? OpenUncut() : null;
        }
    }

    /// <summary>Sends one request of a flight, after <see cref="Open"/>.</summary>
    /// <param name="flight">The run it belongs to.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="terms">What it looks like.</param>
    /// <param name="hold">How long its key serves no other request.</param>
    public void Send(Flight flight, IPAddress target, EchoTerms terms, TimeSpan hold)
    {
        if (Expect(flight, target, terms, hold) is not { } echo) return;
        if (!Sender(terms).Offer(echo)) flight.Refuse(echo, TooFast);
        else if (!thread!.Wake()) flight.Refuse(echo, Ended);
    }

    /// <summary>Ends a flight, after what has come so far was read: what is in the socket by its deadline is in time.</summary>
    public void End(Flight flight)
    {
        ending.Enqueue(flight);
        if (thread?.Wake() != true) EndAll();
    }

    /// <summary>A turn of the engine's thread: sends some of what waits, reads what has come, and ends what is to end. How many it sent.</summary>
    public int Work()
    {
        if (usual is null) return 0;
        var toEnd = ending.Count;
        var sent = Send(usual) + (uncut is null ? 0 : Send(uncut));
        if (sent + toEnd > 0) Read(usual, reports: false);
        if (sent + toEnd > 0 && uncut is { IsDeaf: false }) Read(uncut, reports: false);
        for (; toEnd > 0 && ending.TryDequeue(out var flight); toEnd--) End(flight, flight.End());
        landings.Announce();
        if (usual.Sender.HasWork || uncut is { Sender.HasWork: true }) thread!.Wake();
        return sent;
    }

    /// <summary>Nobody reads any more: gives up every request.</summary>
    public void Abandon(Exception bug)
    {
        foreach (var echo in pending.All())
            Settle(echo, echo.Flight.Refuse(echo, Failure.Unknown(Reasons.InternalError, $"reading replies failed: {bug.Message}; please report this as a bug")));
        landings.Announce();
    }

    /// <summary>Makes a request that messages can be matched to; null, and said so to the flight, when there are too many.</summary>
    public Echo? Expect(Flight flight, IPAddress target, EchoTerms terms, TimeSpan hold)
    {
        var id = usual is { Access: IcmpAccess.Ping } ? (ushort)0 : flight.Stream.Id;
        var echo = pending.Add(flight, target, terms, id, nonces.Next(), hold);
        if (echo is null) flight.Refuse(flight.Add(target, terms, id, 0, 0), TooMany);
        return echo;
    }

    /// <summary>Gives a message, from its ICMP header on, to the request it is about, if there is one.</summary>
    public void Match(ReadOnlySpan<byte> icmp, IPAddress source, Arrival arrival, Instant read)
    {
        if (IcmpPacket.IsReply(icmp, v6, out var id, out var sequence)) Answer(icmp, Find(id, sequence), source, arrival, read);
        else if (QuotedEcho.Read(icmp, v6) is { } quoted) Blame(quoted, source);
    }

    /// <summary>Gives an error to the request that it quotes, if there is one.</summary>
    public void Blame(QuotedEcho quoted, IPAddress reporter)
    {
        if (Find(quoted.Id, quoted.Sequence) is not { } echo || !quoted.Target.Equals(echo.Target) || (quoted.Nonce ?? echo.Nonce) != echo.Nonce) return;
        if (!MayCut(quoted, echo))
        {
            Settle(echo, echo.Flight.Fail(echo, IcmpErrors.Explain(quoted, echo, reporter)));
            return;
        }

        echo.Resent = true;
        if (Sender(echo.Terms).Offer(echo)) thread!.Wake();
        else Settle(echo, echo.Flight.Refuse(echo, TooFast));
    }

    /// <summary>After its thread has ended.</summary>
    public void Dispose()
    {
        EndAll();
        usual?.Socket.Dispose();
        uncut?.Socket.Dispose();
    }

    private static Failure TooMany => Failure.Unknown(Reasons.SendFailed, "more pings are under way than there are numbers for them; spread the checks over time");

    private static Failure TooFast => Failure.Unknown(Reasons.SendFailed, "more pings wait to be sent than this host can send; spread the checks over time");

    private static Failure Ended => Failure.Unknown(Reasons.InternalError, "the thread that sends pings has ended; restart vedette, and if it is not about to end anyway report this as a bug");

    private Echo? Find(ushort id, ushort sequence) => pending.Find(usual is { Access: IcmpAccess.Ping } ? (ushort)0 : id, sequence);

    private EchoSender Sender(EchoTerms terms) => (terms.DontFragment ? uncut : usual)!.Sender;

    private void Answer(ReadOnlySpan<byte> icmp, Echo? echo, IPAddress source, Arrival arrival, Instant read)
    {
        if (echo is null || !EchoPayload.Matches(icmp[IcmpPacket.HeaderSize..], echo.Nonce, echo.Terms.Size)) return;
        if (source.Equals(echo.Target)) Settle(echo, echo.Flight.Answer(echo, echo.SentAt.Until(arrival.At, read), arrival.HopLimit));
        else Settle(echo, echo.Flight.Fail(echo, new(Failure.Down(Reasons.UnexpectedSource, $"{source} answered in the place of {echo.Target}"), source, null)));
    }

    // RFC 8201 section 4: no router cuts IPv6 packets. The kernel has learned the path's MTU from this error, so that it cuts the same request now.
    private bool MayCut(QuotedEcho quoted, Echo echo) => v6 && quoted.Type == 2 && !echo.Terms.DontFragment && !echo.Resent && !echo.Flight.IsOver;

    private int Send(Channel channel)
    {
        var sent = 0;
        for (var begun = channel.Sender.SendBatch(); begun > 0; begun = sent < MostSent ? channel.Sender.SendBatch() : 0) sent += begun;
        Awaited += sent;
        return sent;
    }

    // A message was about this request; whether its run can go on.
    private void Settle(Echo echo, bool landed)
    {
        if (echo is { IsAwaited: true, IsSettled: true })
        {
            echo.IsAwaited = false;
            Awaited--;
        }

        if (landed) landings.Add(echo.Flight);
    }

    private void End(Flight flight, bool landed)
    {
        Awaited -= flight.Dismiss();
        if (landed) landings.Add(flight);
    }

    private void EndAll()
    {
        while (ending.TryDequeue(out var flight))
            if (flight.End()) flight.Announce();
    }

    private Failure? OpenUsual()
    {
        var denied = Errno.NotPermitted;
        var (access, socket) = (IcmpAccess.Raw, pingOnly ? null : IcmpSocket.Open(v6, IcmpAccess.Raw, dontFragment: false, out denied));
        if (socket is null) (access, socket) = (IcmpAccess.Ping, IcmpSocket.Open(v6, IcmpAccess.Ping, dontFragment: false, out denied));
        if (socket is null) return denied == Errno.ProtocolNotSupported ? IcmpFailures.NoPermission : IcmpFailures.Opening(denied);
        return Watch(socket, access, access == IcmpAccess.Raw ? IcmpPacket.Heard(v6) : [], isDeaf: false, ref usual);
    }

    // A raw socket hears every reply that the host gets, so this one need not; of ping sockets each hears its own.
    private Failure? OpenUncut()
    {
        var access = usual!.Access;
        return IcmpSocket.Open(v6, access, dontFragment: true, out var error) is { } socket
            ? Watch(socket, access, [], isDeaf: access == IcmpAccess.Raw, ref uncut)
            : IcmpFailures.Opening(error);
    }

    // The place is taken last: who finds a channel there uses it without a lock.
    private Failure? Watch(IcmpSocket socket, IcmpAccess access, ReadOnlySpan<byte> hears, bool isDeaf, ref Channel? place)
    {
        var watching = thread!;
        var sender = new EchoSender(socket, v6, Settle, () => watching.WatchRoom(socket, wanted: true));
        sender.Rehearse();
        var opened = new Channel(socket, access, sender, isDeaf);
        var error = access == IcmpAccess.Raw ? socket.Hear(hears) : Errno.None;
        if (error == Errno.None) error = watching.Watch(socket, ready => Serve(opened, ready), Abandon);
        if (error != Errno.None)
        {
            socket.Dispose();
            return IcmpFailures.Opening(error);
        }

        Volatile.Write(ref place, opened);
        return null;
    }

    private void Serve(Channel channel, Readiness ready)
    {
        // Reading also takes an error away that waits on the socket without standing in the queue.
        if (ready.HasFlag(Readiness.Failed)) Read(channel, reports: true);
        if (ready.HasFlag(Readiness.Failed) || ready.HasFlag(Readiness.Readable)) Read(channel, reports: false);
        landings.Announce();
        if (!ready.HasFlag(Readiness.Writable)) return;
        thread!.WatchRoom(channel.Socket, wanted: false);
        channel.Sender.Resume();
        thread!.Wake();
    }

    private void Read(Channel channel, bool reports)
    {
        int count;
        Errno error;
        var reads = 0;
        do
        {
            count = channel.Socket.Receive(inbox, reports, out error);
            var read = Instant.Now();
            for (var i = 0; i < count && !channel.IsDeaf; i++)
                if (inbox.Peer(i) is { } peer) Take(inbox.Packet(i), peer, inbox.Arrival(i), channel.Access, read);
        }
        while ((count == inbox.Capacity || IsOfAPacket(error)) && ++reads < MostReads);
    }

    // The error of an earlier packet fails one reading; what waits behind it is there to be read.
    private static bool IsOfAPacket(Errno error) => error is not (Errno.None or Errno.TryAgain);

    private void Take(ReadOnlySpan<byte> packet, IPAddress peer, Arrival arrival, IcmpAccess access, Instant read)
    {
        if (arrival.Dropped is { } total) Volatile.Write(ref dropped, total);
        if (arrival.Report is { } report)
        {
            if (QuotedEcho.Read(report, packet, peer, v6) is { } quoted) Blame(quoted, report.Reporter);
            return;
        }

        // Nobody has looked at the checksum of what a raw IPv4 socket gets; a raw IPv6 one and the ping sockets get only what was right.
        var bare = v6 || access == IcmpAccess.Ping;
        var icmp = bare ? packet : IcmpPacket.WithoutHeader4(packet);
        if (bare || IcmpPacket.Checksum(icmp) == 0) Match(icmp, peer, arrival, read);
    }

    private sealed record Channel(IcmpSocket Socket, IcmpAccess Access, EchoSender Sender, bool IsDeaf);
}
