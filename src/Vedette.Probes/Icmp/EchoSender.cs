using System.Collections.Concurrent;
using Vedette.Linux;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>
/// Sends requests over one socket. Whoever comes first sends at once; who comes meanwhile leaves the request in the queue, and the first one
/// takes along all that gathered there, a batch to a system call.
/// </summary>
/// <param name="socket">Sends.</param>
/// <param name="v6">Its family.</param>
/// <param name="awaitRoom">Asks for <see cref="Resume"/> to be called when the socket has room again.</param>
internal sealed class EchoSender(IcmpSocket socket, bool v6, Action awaitRoom)
{
    /// <summary>The longest request: the greatest size with its header.</summary>
    public const int LargestPacket = 65000 + IcmpPacket.HeaderSize;

    // All of a batch carry the time just before it; a short one keeps the last of them honest.
    private const int BatchSize = 8;
    private const int MostWaiting = 8192;

    // An error of an earlier packet waits on the socket and fails the next call, whose own packet it is not about; only one that stays is.
    private const int Tries = 4;

    private readonly ConcurrentQueue<Echo> waiting = new();
    private readonly SendBatch batch = new(BatchSize, LargestPacket);
    private readonly List<Echo> aboard = new(BatchSize);
    private int busy;

    /// <summary>Goes through the motions once, so that compiling them is not part of the first round trip.</summary>
    public void Rehearse()
    {
        _ = Instant.Now();
        socket.Send(batch, 0, out _);
    }

    public void Send(Echo echo)
    {
        if (waiting.Count >= MostWaiting)
        {
            echo.Flight.Refuse(echo, Failure.Unknown(Reasons.SendFailed, "more pings wait to be sent than this host can send; spread the checks over time"));
            return;
        }

        waiting.Enqueue(echo);

        // Looked at again after the place is free: a request that came just before that found it taken.
        while (!waiting.IsEmpty && Interlocked.Exchange(ref busy, 1) == 0) Drain();
    }

    /// <summary>Goes on after the socket was full.</summary>
    public void Resume()
    {
        do Drain();
        while (!waiting.IsEmpty && Interlocked.Exchange(ref busy, 1) == 0);
    }

    // Sends all that waits. While the socket is full the place stays taken, so that only Resume goes on.
    private void Drain()
    {
        do
        {
            Board();
            var left = Launch();
            aboard.RemoveRange(0, aboard.Count - left);
            if (left == 0) continue;
            awaitRoom();
            return;
        }
        while (!waiting.IsEmpty);
        Interlocked.Exchange(ref busy, 0);
    }

    // Takes requests from the queue, but for those that nobody waits for any more.
    private void Board()
    {
        aboard.RemoveAll(static echo => echo.Flight.IsOver);
        while (aboard.Count < BatchSize && waiting.TryDequeue(out var echo))
            if (!echo.Flight.IsOver) aboard.Add(echo);
        batch.Clear();
        foreach (var echo in aboard)
        {
            var packet = batch.Add(echo.Target, IcmpPacket.HeaderSize + echo.Terms.Size, echo.Terms.HopLimit, echo.Terms.Source);
            EchoPayload.Write(packet[IcmpPacket.HeaderSize..], echo.Nonce);
            IcmpPacket.WriteHeader(packet, v6, echo.Id, echo.Sequence);
        }
    }

    // Sends what is aboard; how many at its end have to wait for room.
    private int Launch()
    {
        var (next, tries) = (0, 0);
        while (next < aboard.Count)
        {
            var now = Instant.Now();
            for (var i = next; i < aboard.Count; i++) aboard[i].SentAt = now;
            var sent = socket.Send(batch, next, out var error);
            next += sent;
            if (sent > 0) tries = 0;
            else if (error == Errno.TryAgain) return Wait(next);
            else if (error != Errno.Interrupted && (error == Errno.NoBuffers || ++tries == Tries))
            {
                Refuse(aboard[next++], error);
                tries = 0;
            }
        }

        return 0;
    }

    private int Wait(int next)
    {
        for (var i = next; i < aboard.Count; i++) aboard[i].SentAt = default;
        return aboard.Count - next;
    }

    private static void Refuse(Echo echo, Errno error) => echo.Flight.Refuse(echo, IcmpFailures.Sending(error, echo));
}
