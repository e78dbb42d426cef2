using System.Net;
using System.Runtime.InteropServices;

namespace Vedette.Probes.Icmp;

/// <summary>
/// The requests of one family that a message may still be about. They stay a while after their run, so that a late reply is known for what it is
/// and its key does not serve another request meanwhile. What is overdue goes when the next one comes: an idle table needs no timer.
/// </summary>
/// <param name="time">Its monotonic clock.</param>
internal sealed class PendingEchoes(TimeProvider time)
{
    // A short timeout is no reason to take a slow reply for none, nor a long one to keep the numbers of other requests for ever.
    private static readonly TimeSpan LeastWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostWindow = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Dictionary<uint, Echo> echoes = [];
    private readonly PriorityQueue<Echo, long> overdue = new();

    /// <summary>
    /// How long a request is remembered after its run: twice the time in which a late reply may be expected, which is another timeout, from 1 s to 30 s.
    /// </summary>
    /// <param name="timeout">Of the check.</param>
    public static TimeSpan Memory(TimeSpan timeout) => 2 * (timeout < LeastWindow ? LeastWindow : timeout > MostWindow ? MostWindow : timeout);

    /// <summary>Adds a request to a flight under the stream's next free sequence number; null when all are taken.</summary>
    /// <param name="flight">Its run.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="terms">What it looks like.</param>
    /// <param name="id">Its identifier; 0 for all where the kernel sets it.</param>
    /// <param name="nonce">Its nonce.</param>
    /// <param name="hold">How long its key serves no other: what is left of its run, and <see cref="Memory"/>.</param>
    public Echo? Add(Flight flight, IPAddress target, EchoTerms terms, ushort id, ulong nonce, TimeSpan hold)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            Reap(now);
            for (var tries = 0; tries <= ushort.MaxValue; tries++)
            {
                var sequence = flight.Stream.NextSequence();
                ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(echoes, Key(id, sequence), out var taken);
                if (taken) continue;
                var echo = place = flight.Add(target, terms, id, sequence, nonce);
                overdue.Enqueue(echo, now + (long)(hold.TotalSeconds * time.TimestampFrequency));
                return echo;
            }

            return null;
        }
    }

    public Echo? Find(ushort id, ushort sequence)
    {
        lock (gate) return echoes.GetValueOrDefault(Key(id, sequence));
    }

    public Echo[] All()
    {
        lock (gate) return [.. echoes.Values];
    }

    private static uint Key(ushort id, ushort sequence) => ((uint)id << 16) | sequence;

    private void Reap(long now)
    {
        while (overdue.TryPeek(out var echo, out var forgetAt) && forgetAt <= now)
        {
            overdue.Dequeue();
            echoes.Remove(Key(echo.Id, echo.Sequence));
        }
    }
}
