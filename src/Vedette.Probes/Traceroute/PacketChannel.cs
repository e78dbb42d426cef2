using System.Net.Sockets;
using Vedette.Linux;
using Vedette.Linux.Sockets;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Traceroute;

/// <summary>
/// A trace over one socket that is connected to the target, so that the kernel gives it only errors about packets to there, wherever they come from,
/// and only what the target itself sends. Errors come by the error queue (IP_RECVERR) with the packet that they quote: that works alike on raw
/// sockets, ping sockets and UDP sockets.
/// </summary>
/// <param name="socket">Sends and hears.</param>
/// <param name="isRaw">Its packets begin with the IP header, when they are IPv4.</param>
/// <param name="wire">What its packets look like.</param>
/// <param name="reserved">Keeps the source port from others; null where the socket itself does.</param>
/// <param name="flow">From where to where.</param>
internal sealed class PacketChannel(Socket socket, bool isRaw, Wire wire, IDisposable? reserved, Flow flow) : Channel(flow)
{
    // An error that waits on the socket fails the next call, whose own packet it is not about; only one that stays is.
    private const int Tries = 4;

    // Who floods this host shall not keep the trace from looking at its deadline.
    private const int MostRounds = 16;

    private readonly byte[] packet = new byte[Wire.Largest];
    private readonly SocketSignal signal = new(socket);

    public override Failure? Send(Trace trace, int distance, TimeSpan now)
    {
        socket.Ttl = (short)distance;
        var shot = trace.Fire(distance, now);
        var length = wire.Write(packet, shot.Index);
        var error = SocketError.Success;
        for (var tries = 0; tries < Tries; tries++)
        {
            shot.SentAt = Instant.Now();
            socket.Send(packet.AsSpan(0, length), SocketFlags.None, out error);
            if (error == SocketError.Success) return null;
        }

        // What others said of earlier packets is no refusal of this host: the queue holds it. In a flood of it the packet counts as lost.
        var told = Drain(trace, now, reports: true);
        Drain(trace, now, reports: false);
        if (told || trace.Ending is not null) return null;
        if (error == SocketError.HostUnreachable) error = SocketError.NetworkUnreachable;
        return SocketFailures.From(error, $"sending to {Flow.Target}") with { Status = Status.Unknown };
    }

    public override void Read(Trace trace, TimeSpan now)
    {
        Drain(trace, now, reports: true);
        Drain(trace, now, reports: false);
    }

    public override Task ReadyAsync() => signal.ReadyAsync();

    public override void Dispose()
    {
        socket.Dispose();
        signal.Dispose();
        reserved?.Dispose();
    }

    // Whether there was anything.
    private bool Drain(Trace trace, TimeSpan now, bool reports)
    {
        var any = false;
        for (var round = 0; round < MostRounds; round++)
        {
            var count = socket.Read(Inbox, reports, out var error);
            var read = Instant.Now();
            for (var i = 0; i < count; i++)
                if ((reports ? ReadReport(i, read) : ReadAnswer(i, read)) is { } reply) trace.Hear(reply, now);

            any |= count > 0;

            // An error that waited is gone with having been told, and what stands behind it can be read.
            if (count < InboxSize && error is Errno.None or Errno.TryAgain) break;
        }

        return any;
    }

    private Reply? ReadReport(int index, Instant read)
    {
        var arrival = Inbox.Arrival(index);
        if (arrival.Report is not { } report) return null;
        var quote = Inbox.Packet(index);
        var quoted = wire.ReadQuote(report.ExtensionsAt is { } end && end < quote.Length ? quote[..end] : quote);
        if (!quoted.IsOurs || Interpret(report, quoted.Shot, arrival, read, quote, wire.Hidden) is not { } reply) return null;
        return reply with { Altered = quoted.Altered };
    }

    private Reply? ReadAnswer(int index, Instant read)
    {
        if (Inbox.Peer(index) is not { } peer || !peer.Equals(Flow.Target)) return null;
        var bytes = Inbox.Packet(index);
        var answer = wire.ReadAnswer(isRaw && !Flow.IsV6 ? IcmpPacket.WithoutHeader4(bytes) : bytes);
        if (!answer.IsOurs) return null;
        var arrival = Inbox.Arrival(index);
        return new Reply(answer.Shot, peer, arrival.At, read, arrival.HopLimit, []) { Ending = new(answer.Word, peer) };
    }
}
