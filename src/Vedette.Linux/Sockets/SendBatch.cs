using System.Net;

namespace Vedette.Linux.Sockets;

/// <summary>Packets that go out with one system call. For one thread at a time.</summary>
/// <param name="capacity">How many packets it takes.</param>
/// <param name="largest">The longest packet it takes, in bytes.</param>
public sealed unsafe class SendBatch(int capacity, int largest)
{
    private const int ControlSize = 64;

    private readonly MessageMemory memory = new(capacity, largest, ControlSize);

    /// <summary>How many packets it takes.</summary>
    public int Capacity => memory.Capacity;

    /// <summary>How many packets it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Empties it.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a packet and gives its bytes to be written; they hold what an earlier packet left.</summary>
    /// <param name="to">Where it goes.</param>
    /// <param name="length">How long it is.</param>
    /// <param name="hopLimit">The hops it may take; null for the system's default.</param>
    /// <param name="source">The address of this host it comes from; null to let the routes choose.</param>
    public Span<byte> Add(IPAddress to, int length, int? hopLimit, IPAddress? source)
    {
        var index = Count;
        var packet = memory.Packet(index)[..length];
        memory.Describe(index, length, SocketName.Write(memory.Name(index), to), ControlMessages.Write(memory.Control(index), to.AddressFamily, hopLimit, source));
        Count++;
        return packet;
    }

    internal MessageHeader* From(int first) => memory.From(first);
}
