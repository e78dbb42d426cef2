using System.Collections.Concurrent;
using Vedette.Linux.Sockets;

namespace Vedette.Probes.Datagrams;

/// <summary>Buffers to read into, lent while something is read and never across a wait: so many exist as threads ever read at the same time.</summary>
/// <param name="capacity">How many datagrams one call may bring.</param>
/// <param name="largest">The longest datagram in bytes; what is longer is cut.</param>
internal sealed class ReceiveBatches(int capacity, int largest)
{
    private readonly ConcurrentBag<ReceiveBatch> free = [];

    public ReceiveBatch Borrow() => free.TryTake(out var batch) ? batch : new(capacity, largest);

    public void Return(ReceiveBatch batch) => free.Add(batch);
}
