using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary>Packets that came in with one system call, valid until the next. For one thread at a time.</summary>
public sealed unsafe class ReceiveBatch
{
    private const int ControlSize = 256;

    private readonly MessageHeader[] headers;
    private readonly IoVector[] vectors;
    private readonly byte[] names;
    private readonly byte[] controls;
    private readonly byte[] packets;
    private readonly int largest;

    /// <summary>Makes one.</summary>
    /// <param name="capacity">How many packets one call may bring.</param>
    /// <param name="largest">The longest packet, in bytes; what is longer is cut.</param>
    public ReceiveBatch(int capacity, int largest)
    {
        this.largest = largest;
        headers = GC.AllocateArray<MessageHeader>(capacity, pinned: true);
        vectors = GC.AllocateArray<IoVector>(capacity, pinned: true);
        names = GC.AllocateArray<byte>(capacity * SocketName.Size, pinned: true);
        controls = GC.AllocateArray<byte>(capacity * ControlSize, pinned: true);
        packets = GC.AllocateUninitializedArray<byte>(capacity * largest, pinned: true);
        for (var i = 0; i < capacity; i++) vectors[i] = new() { Base = AddressOf(ref packets[i * largest]), Length = (nuint)largest };
    }

    /// <summary>How many packets one call may bring.</summary>
    public int Capacity => headers.Length;

    /// <summary>The bytes of a packet: with the IPv4 header on a raw IPv4 socket; of a report, the packet it is about from its ICMP header on.</summary>
    public ReadOnlySpan<byte> Packet(int index) => packets.AsSpan(index * largest, (int)headers[index].Length);

    /// <summary>Whether a packet was longer than there was room for (MSG_TRUNC).</summary>
    public bool IsCut(int index) => (headers[index].Flags & SocketConstants.Truncated) != 0;

    /// <summary>Who sent a packet; of a report, where the packet it is about was going.</summary>
    public IPAddress? Peer(int index) => SocketName.Read(names.AsSpan(index * SocketName.Size, (int)Math.Min(headers[index].NameLength, SocketName.Size)));

    /// <summary>What the kernel says of a packet.</summary>
    public Arrival Arrival(int index) => ControlMessages.Read(controls.AsSpan(index * ControlSize, (int)headers[index].ControlLength));

    /// <summary>Reads what came to a socket, or its error queue, without waiting; how many packets that is.</summary>
    internal int Fill(SafeHandle socket, bool reports, out Errno error)
    {
        var flags = SocketConstants.DontWait | (reports ? SocketConstants.ErrorQueue : 0);
        int received;
        do
        {
            received = Libc.ReceiveMessages(socket, Prepare(), (uint)Capacity, flags, null);
            error = received < 0 ? Libc.LastError : Errno.None;
        }
        while (error == Errno.Interrupted);
        return Math.Max(received, 0);
    }

    // The kernel overwrites the lengths, so each call begins with fresh headers.
    private MessageHeader* Prepare()
    {
        for (var i = 0; i < headers.Length; i++)
            headers[i] = new()
            {
                Name = AddressOf(ref names[i * SocketName.Size]),
                NameLength = SocketName.Size,
                Vector = AddressOf(ref vectors[i]),
                VectorLength = 1,
                Control = AddressOf(ref controls[i * ControlSize]),
                ControlLength = ControlSize,
            };
        return (MessageHeader*)AddressOf(ref headers[0]);
    }

    private static nint AddressOf<T>(ref T pinned) where T : unmanaged => (nint)Unsafe.AsPointer(ref pinned);
}
