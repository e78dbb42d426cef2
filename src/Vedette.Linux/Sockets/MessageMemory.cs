using System.Runtime.CompilerServices;

namespace Vedette.Linux.Sockets;

/// <summary>Room for a number of messages. It does not move, so that the kernel can be given its addresses.</summary>
/// <param name="capacity">How many messages.</param>
/// <param name="largest">The longest packet, in bytes.</param>
/// <param name="controlSize">The bytes of control messages of each.</param>
internal sealed unsafe class MessageMemory(int capacity, int largest, int controlSize)
{
    private readonly MessageHeader[] headers = GC.AllocateArray<MessageHeader>(capacity, pinned: true);
    private readonly IoVector[] vectors = GC.AllocateArray<IoVector>(capacity, pinned: true);
    private readonly byte[] names = GC.AllocateArray<byte>(capacity * SocketName.Size, pinned: true);
    private readonly byte[] controls = GC.AllocateArray<byte>(capacity * controlSize, pinned: true);
    private readonly byte[] packets = GC.AllocateUninitializedArray<byte>(capacity * largest, pinned: true);

    public int Capacity => headers.Length;

    public ref readonly MessageHeader Header(int index) => ref headers[index];

    public Span<byte> Name(int index) => names.AsSpan(index * SocketName.Size, SocketName.Size);

    public Span<byte> Control(int index) => controls.AsSpan(index * controlSize, controlSize);

    public Span<byte> Packet(int index) => packets.AsSpan(index * largest, largest);

    /// <summary>Writes the header of a message: where its parts are, and how long they are or may become.</summary>
    public void Describe(int index, int packet, int name, int control)
    {
        vectors[index] = new() { Base = AddressOf(Packet(index)), Length = (nuint)packet };
        headers[index] = new()
        {
            Name = AddressOf(Name(index)),
            NameLength = (uint)name,
            Vector = (nint)Unsafe.AsPointer(ref vectors[index]),
            VectorLength = 1,
            Control = control == 0 ? 0 : AddressOf(Control(index)),
            ControlLength = (nuint)control,
        };
    }

    public MessageHeader* From(int first) => (MessageHeader*)Unsafe.AsPointer(ref headers[first]);

    private static nint AddressOf(Span<byte> pinned) => (nint)Unsafe.AsPointer(ref pinned[0]);
}
