using System.Diagnostics;
using System.Net;

namespace Vedette.Probes.Icmp;

/// <summary>
/// The requests of one family that a message may still be about. They stay a while after their run, so that a late reply is known for what it is
/// and its key does not serve another request meanwhile. What is overdue goes when the next one comes: an idle table needs no timer.
/// </summary>
internal sealed class PendingEchoes
{
    /// <summary>How long after its run a request is remembered.</summary>
    public static readonly TimeSpan LateWindow = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<(ushort Id, ushort Sequence), Echo> echoes = [];
    private readonly Queue<(long ForgetAt, Echo Echo)> order = new();

    /// <summary>Adds a request to a flight under the stream's next free sequence number; null when all are taken.</summary>
    /// <param name="flight">Its run.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="terms">What it looks like.</param>
    /// <param name="id">Its identifier; 0 for all where the kernel sets it.</param>
    /// <param name="nonce">Its nonce.</param>
    /// <param name="patience">How long the run still lasts.</param>
    public Echo? Add(Flight flight, IPAddress target, EchoTerms terms, ushort id, ulong nonce, TimeSpan patience)
    {
        lock (gate)
        {
            var now = Stopwatch.GetTimestamp();
            Reap(now);
            for (var tries = 0; tries <= ushort.MaxValue; tries++)
            {
                var sequence = flight.Stream.NextSequence();
                if (echoes.ContainsKey((id, sequence))) continue;
                var echo = flight.Add(target, terms, id, sequence, nonce);
                echoes.Add((id, sequence), echo);
                order.Enqueue((now + (long)((patience + LateWindow).TotalSeconds * Stopwatch.Frequency), echo));
                return echo;
            }

            return null;
        }
    }

    public Echo? Find(ushort id, ushort sequence)
    {
        lock (gate) return echoes.GetValueOrDefault((id, sequence));
    }

    public Echo[] All()
    {
        lock (gate) return [.. echoes.Values];
    }

    // In the order of their coming, not of their time: one with much patience holds up the ones behind it, never for longer than that.
    private void Reap(long now)
    {
        while (order.TryPeek(out var oldest) && oldest.ForgetAt <= now)
        {
            order.Dequeue();
            echoes.Remove((oldest.Echo.Id, oldest.Echo.Sequence));
        }
    }
}
