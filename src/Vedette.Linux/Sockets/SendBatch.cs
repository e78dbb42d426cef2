using System.Net;
using System.Runtime.CompilerServices;

namespace Vedette.Linux.Sockets;

/// <summary>
/// Packets that go out with one system call. For one thread at a time. The memory does not move, so that the kernel can be given its addresses.
/// </summary>
public sealed unsafe class SendBatch
{
    private const int ControlSize = 64;

    private readonly MessageHeader[] headers;
    private readonly IoVector[] vectors;
    private readonly byte[] names;
    private readonly byte[] controls;
    private readonly byte[] packets;
    private readonly int largest;

    /// <summary>Makes an empty one.</summary>
    /// <param name="capacity">How many packets it takes.</param>
    /// <param name="largest">The longest packet it takes, in bytes.</param>
    public SendBatch(int capacity, int largest)
    {
        this.largest = largest;
        headers = GC.AllocateArray<MessageHeader>(capacity, pinned: true);
        vectors = GC.AllocateArray<IoVector>(capacity, pinned: true);
        names = GC.AllocateArray<byte>(capacity * SocketName.Size, pinned: true);
        controls = GC.AllocateArray<byte>(capacity * ControlSize, pinned: true);
        packets = GC.AllocateUninitializedArray<byte>(capacity * largest, pinned: true);
    }

    /// <summary>How many packets it takes.</summary>
    public int Capacity => headers.Length;

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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, largest);
        var index = Count++;
        var name = names.AsSpan(index * SocketName.Size, SocketName.Size);
        var control = controls.AsSpan(index * ControlSize, ControlSize);
        var packet = packets.AsSpan(index * largest, length);
        vectors[index] = new() { Base = AddressOf(ref packet[0]), Length = (nuint)length };
        var controlLength = ControlMessages.Write(control, to.AddressFamily, hopLimit, source);
        headers[index] = new()
        {
            Name = AddressOf(ref name[0]),
            NameLength = (uint)SocketName.Write(name, to),
            Vector = AddressOf(ref vectors[index]),
            VectorLength = 1,
            Control = controlLength == 0 ? 0 : AddressOf(ref control[0]),
            ControlLength = (nuint)controlLength,
        };
        return packet;
    }

    internal MessageHeader* From(int first) => (MessageHeader*)AddressOf(ref headers[first]);

    private static nint AddressOf<T>(ref T pinned) where T : unmanaged => (nint)Unsafe.AsPointer(ref pinned);
}
