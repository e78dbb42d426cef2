using System.Net;
using System.Net.Sockets;
using Vedette.Linux;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Traceroute;

/// <summary>
/// A trace of connections where raw sockets are not allowed: one after the other from the same port, each on a socket of its own, which keeps the errors
/// about its SYN (Linux 5.18). Two at once the kernel does not allow: they would be the same connection.
/// </summary>
/// <param name="flow">From where to where.</param>
internal sealed class ConnectChannel(Flow flow) : Channel(flow)
{
    private Attempt? current;
    private Failure? broken;

    public override bool OneByOne => true;

    public override Failure? Send(Trace trace, int distance, TimeSpan now)
    {
        if (broken is not null) return broken;
        current?.Dispose();
        current = null;
        var shot = trace.Fire(distance, now);
        try
        {
            current = Attempt.Start(shot, Flow);
            return null;
        }
        catch (SocketException e)
        {
            return Refusal(e.SocketErrorCode);
        }
    }

    public override void Read(Trace trace, TimeSpan now)
    {
        if (current is not { IsSettled: false } attempt) return;
        var reply = ReadReport(attempt) ?? ReadAnswer(attempt);
        if (reply is null && !attempt.Connected.IsCompleted) return;
        attempt.IsSettled = true;
        if (reply is { } heard) trace.Hear(heard, now);
        else broken = Refusal(attempt.Error);
    }

    public override Task ReadyAsync() => current is { IsSettled: false } attempt ? attempt.Connected : new TaskCompletionSource().Task;

    public override void Dispose() => current?.Dispose();

    private Failure Refusal(SocketError error) => error == SocketError.HostUnreachable
        ? Failure.Unknown(Reasons.Unsupported, "this kernel does not tell who reported an error to a connection; give the program cap_net_raw with setcap, or use method udp or icmp")
        : SocketFailures.From(error, $"connecting to {Flow.Target}") with { Status = Status.Unknown };

    private Reply? ReadReport(Attempt attempt)
    {
        if (attempt.Socket.Read(Inbox, reports: true, out _) == 0) return null;
        var arrival = Inbox.Arrival(0);
        return arrival.Report is { } report ? Interpret(report, attempt.Shot.Index, arrival, Instant.Now(), Inbox.Packet(0), hidden: 0) : null;
    }

    private Reply? ReadAnswer(Attempt attempt) => attempt.Connected.IsCompleted && attempt.Word is { } word
        ? new Reply(attempt.Shot.Index, Flow.Target, null, attempt.EndedAt, null, []) { Ending = new(word, Flow.Target) }
        : null;

    private sealed class Attempt : IDisposable
    {
        private readonly SocketAsyncEventArgs connecting = new();
        private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private Attempt(Shot shot, Socket socket) => (Shot, Socket) = (shot, socket);

        public Shot Shot { get; }

        public Socket Socket { get; }

        public Task Connected => connected.Task;

        public bool IsSettled { get; set; }

        public Instant EndedAt { get; private set; }

        public SocketError Error => connecting.SocketError;

        /// <summary>What the target answered; null when it did not.</summary>
        public string? Word => Error switch
        {
            SocketError.Success => "syn_ack",
            SocketError.ConnectionRefused => "rst",
            _ => null,
        };

        public static Attempt Start(Shot shot, Flow flow)
        {
            var attempt = new Attempt(shot, new(flow.Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
            try
            {
                attempt.Connect(flow);
                return attempt;
            }
            catch (SocketException)
            {
                attempt.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            // Ends a connection at once, so that the port is free again for the next.
            Socket.Close(timeout: 0);
            if (connected.Task.IsCompleted) connecting.Dispose();
            else connecting.Completed += (_, _) => connecting.Dispose();
        }

        private void Connect(Flow flow)
        {
            Channels.Configure(Socket);
            Socket.LingerState = new(enable: true, seconds: 0);
            Socket.Ttl = (short)Shot.HopLimit;
            Socket.Bind(new IPEndPoint(flow.Source, flow.SourcePort));
            connecting.RemoteEndPoint = new IPEndPoint(flow.Target, flow.TargetPort);
            connecting.Completed += (_, _) => End();
            Shot.SentAt = Instant.Now();
            if (!Socket.ConnectAsync(connecting)) End();
        }

        private void End()
        {
            EndedAt = Instant.Now();
            connected.TrySetResult();
        }
    }
}
