using System.Net;
using System.Net.Sockets;
using Vedette.Linux;
using Vedette.Linux.Sockets;
using Vedette.Probes.Icmp;

namespace Vedette.Probes.Datagrams;

/// <summary>
/// One datagram sent and what comes back, over a socket of its own: the kernel picks a random port (RFC 6056 section 3.3.1), and since the socket is
/// connected it passes on only what comes from the target's address and port, and the ICMP errors about what went there (RFC 1122 section 4.1.3.3).
/// </summary>
internal sealed class DatagramExchange : IDisposable
{
    private readonly IPEndPoint to;
    private readonly Socket socket;
    private readonly ReceiveBatches batches;
    private readonly byte[] peeked = new byte[1];

    private byte[] sent = [];

    private DatagramExchange(IPEndPoint to, Socket socket, ReceiveBatches batches) => (this.to, this.socket, this.batches) = (to, socket, batches);

    /// <summary>When the datagram was given to the kernel.</summary>
    public Instant SentAt { get; private set; }

    /// <summary>Opens one; null with the reason, which says nothing of the target.</summary>
    public static DatagramExchange? Open(IPEndPoint to, ReceiveBatches batches, out Failure? failure)
    {
        try
        {
            failure = null;
            return new(to, Connect(to), batches);
        }
        catch (SocketException e)
        {
            failure = Opening(e.SocketErrorCode, to);
            return null;
        }
    }

    /// <summary>Sends the one datagram; null when it went.</summary>
    public Failure? Send(byte[] datagram)
    {
        sent = datagram;
        SentAt = Instant.Now();
        socket.Send(datagram, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => null,
            SocketError.HostUnreachable when OwnAddresses.HasRoute(to.Address) => IcmpFailures.NoNeighbor(to.Address),
            SocketError.HostUnreachable => SocketFailures.From(SocketError.NetworkUnreachable, $"sending to {to}"),
            _ => SocketFailures.From(error, $"sending to {to}") with { Status = Status.Unknown },
        };
    }

    /// <summary>Listens until a datagram is accepted (null), or an error about ours is reported.</summary>
    /// <param name="accept">Looks at each datagram.</param>
    /// <param name="patience">How long from now on <paramref name="cancellation"/> is to fire.</param>
    /// <param name="cancellation">Ends the listening.</param>
    /// <exception cref="OperationCanceledException">Neither came in time.</exception>
    public async ValueTask<PathError?> HearAsync(Accept accept, TimeSpan patience, CancellationToken cancellation)
    {
        var latest = SentAt.Until(null, Instant.Now()) + patience;
        try
        {
            while (true)
            {
                await WaitAsync(cancellation);
                if (Take(accept, out var error, out var full)) return error;

                // Who sends faster than we read must not keep this thread from others.
                if (full) await Task.Yield();
            }
        }
        catch (OperationCanceledException)
        {
            // What the kernel has had since before the deadline came in time, however late we look.
            if (Take(datagram => datagram.After <= latest && accept(datagram), out var error, out _)) return error;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    // Connecting a datagram socket sends nothing, so unreachable is what the routes of this host say.
    private static Failure Opening(SocketError error, IPEndPoint to) => error switch
    {
        SocketError.AccessDenied when OwnAddresses.IsBroadcast(to.Address) => IcmpFailures.Broadcast(to.Address),
        SocketError.HostUnreachable => SocketFailures.From(SocketError.NetworkUnreachable, $"opening a socket towards {to}"),
        _ => SocketFailures.From(error, $"opening a socket towards {to}") with { Status = Status.Unknown },
    };

    private static Socket Connect(IPEndPoint to)
    {
        var first = ConnectOnce(to);
        if (!Equals(first.LocalEndPoint, first.RemoteEndPoint)) return first;

        // On loopback the port that the kernel picks can be the target's, if nobody has that; then the socket would talk to itself.
        using (first) return ConnectOnce(to);
    }

    private static Socket ConnectOnce(IPEndPoint to)
    {
        var opened = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            opened.StampArrivals();
            opened.KeepReports();
            opened.CutForEveryPath();
            opened.Connect(to);
            return opened;
        }
        catch (SocketException)
        {
            opened.Dispose();
            throw;
        }
    }

    // Only looks: what there is, is read with the kernel's stamp. An error that waits on the socket is taken away by it; its report stays.
    private async ValueTask WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await socket.ReceiveAsync(peeked, SocketFlags.Peek, cancellation);
        }
        catch (SocketException)
        {
            return;
        }
    }

    // True when there is nothing more to wait for. An answer counts more than an error beside it.
    private bool Take(Accept accept, out PathError? error, out bool full)
    {
        var batch = batches.Borrow();
        try
        {
            error = null;
            if (TakeDatagram(batch, accept, out full)) return true;
            error = TakeReport(batch);
            return error is not null;
        }
        finally
        {
            batches.Return(batch);
        }
    }

    private bool TakeDatagram(ReceiveBatch batch, Accept accept, out bool full)
    {
        var count = socket.Read(batch, reports: false, out var pending);

        // A pending error comes first, and is gone by being read.
        if (pending is not (Errno.None or Errno.TryAgain)) count = socket.Read(batch, reports: false, out _);
        full = count == batch.Capacity;
        var read = Instant.Now();
        for (var i = 0; i < count; i++)
            if (accept(new Datagram(batch.Packet(i), batch.IsCut(i), SentAt.Until(batch.Arrival(i).At, read)))) return true;
        return false;
    }

    private PathError? TakeReport(ReceiveBatch batch)
    {
        while (socket.Read(batch, reports: true, out _) is var count and > 0)
            for (var i = 0; i < count; i++)
                if (batch.Arrival(i).Report is { } report && IsOurs(batch.Packet(i))) return new(Explain(report), report.Reporter);
        return null;
    }

    // The kernel has compared addresses and ports. What is quoted beyond them has to be what we sent, but for the zeros that some pad a quote with
    // (RFC 4884 section 5.1).
    private bool IsOurs(ReadOnlySpan<byte> quoted)
    {
        quoted = quoted[..Math.Min(quoted.Length, sent.Length)];
        return quoted[quoted.CommonPrefixLength(sent)..].IndexOfAnyExcept((byte)0) < 0;
    }

    private Failure Explain(ErrorReport report)
    {
        // The kernel says more of a report in the same place, and only of these two that is an MTU.
        var isAboutMtu = to.AddressFamily == AddressFamily.InterNetwork ? report is { Type: 3, Code: 4 } : report is { Type: 2 };
        var mtu = isAboutMtu && report.Info is > 0 and <= ushort.MaxValue ? (int?)report.Info : null;
        var failure = IcmpErrors.Explain(report.Type, report.Code, mtu, to.Address, report.Reporter);

        // RFC 1122 section 3.2.2.1: only the host itself knows that no program has the port; from elsewhere it is a firewall's word.
        return failure.Reason == Reasons.PortUnreachable && report.Reporter.Equals(to.Address)
            ? Failure.Down(Reasons.Closed, $"{to} is closed: the host is alive and said that nothing listens there")
            : failure;
    }
}
