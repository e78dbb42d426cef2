using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Vedette.Linux;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Icmp;

/// <summary>Sends requests over one socket: whoever has one leaves it in the queue, and the engine's thread takes all that gathered there, a batch to a system call.</summary>
/// <param name="socket">Sends.</param>
/// <param name="v6">Its family.</param>
/// <param name="settle">Takes what is refused, and whether that was the last of its run.</param>
/// <param name="awaitRoom">Asks for <see cref="Resume"/> to be called when the socket has room again.</param>
internal sealed class EchoSender(IcmpSocket socket, bool v6, Action<Echo, bool> settle, Action awaitRoom)
{
    /// <summary>The longest request: the greatest size with its header.</summary>
    public const int LargestPacket = 65000 + IcmpPacket.HeaderSize;

    // All of a batch carry the time just before it; a short one keeps the last of them honest, and a longer one is hardly cheaper.
    private const int BatchSize = 8;
    private const int MostWaiting = 8192;

    // An error of an earlier packet waits on the socket and fails the next call, whose own packet it is not about; only one that stays is.
    private const int Tries = 4;

    private readonly ConcurrentQueue<Echo> waiting = new();
    private readonly SendBatch batch = new(BatchSize, LargestPacket);
    private readonly List<Echo> aboard = new(BatchSize);
    private bool isFull;

    /// <summary>Something waits to be sent, and not for room. The engine's thread alone asks, and does what follows.</summary>
    public bool HasWork => !isFull && (aboard.Count > 0 || !waiting.IsEmpty);

    /// <summary>Goes through the motions once, so that compiling them is not part of the first round trip.</summary>
    public void Rehearse()
    {
        _ = Instant.Now();
        socket.Send(batch, 0, out _);
    }

    /// <summary>Leaves a request to be sent, on any thread; false when too many wait already.</summary>
    public bool Offer(Echo echo)
    {
        if (waiting.Count >= MostWaiting) return false;
        waiting.Enqueue(echo);
        return true;
    }

    /// <summary>Goes on after the socket was full.</summary>
    public void Resume() => isFull = false;

    /// <summary>Sends a batch of what waits, if anything does; how many requests are awaited now that were not before.</summary>
    public int SendBatch()
    {
        if (!HasWork) return 0;
        Board();
        var left = Launch();
        var begun = 0;
        foreach (var echo in CollectionsMarshal.AsSpan(aboard)[..^left])
        {
            if (echo.IsAwaited || echo.IsSettled || echo.Flight.IsOver) continue;
            echo.IsAwaited = true;
            begun++;
        }

        aboard.RemoveRange(0, aboard.Count - left);
        if (left == 0) return begun;
        isFull = true;
        awaitRoom();
        return begun;
    }

    // Takes requests from the queue, but for those that nobody waits for any more.
    private void Board()
    {
        aboard.RemoveAll(static echo => echo.Flight.IsOver);
        while (aboard.Count < BatchSize && waiting.TryDequeue(out var echo))
        {
            if (echo.Flight.Refusal is { } refusal) Refuse(echo, refusal);
            else if (!echo.Flight.IsOver) aboard.Add(echo);
        }

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
                Refuse(aboard[next], IcmpFailures.Sending(error, aboard[next]));
                next++;
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

    private void Refuse(Echo echo, Failure failure) => settle(echo, echo.Flight.Refuse(echo, failure));
}
