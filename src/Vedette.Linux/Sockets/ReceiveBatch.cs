using System.Net;
using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary>Packets that came in with one system call, valid until the next. For one thread at a time.</summary>
/// <param name="capacity">How many packets one call may bring.</param>
/// <param name="largest">The longest packet, in bytes; what is longer is cut.</param>
public sealed unsafe class ReceiveBatch(int capacity, int largest)
{
    private const int ControlSize = 256;

    private readonly MessageMemory memory = new(capacity, largest, ControlSize);
    private int used = capacity;

    /// <summary>How many packets one call may bring.</summary>
    public int Capacity => memory.Capacity;

    /// <summary>The bytes of a packet: with the IPv4 header on a raw IPv4 socket; of a report, the packet it is about from its ICMP header on.</summary>
    public ReadOnlySpan<byte> Packet(int index) => memory.Packet(index)[..(int)memory.Header(index).Length];

    /// <summary>Whether a packet was longer than there was room for (MSG_TRUNC).</summary>
    public bool IsCut(int index) => (memory.Header(index).Flags & SocketConstants.Truncated) != 0;

    /// <summary>Who sent a packet; of a report, where the packet it is about was going.</summary>
    public IPAddress? Peer(int index) => SocketName.Read(memory.Name(index)[..(int)Math.Min(memory.Header(index).NameLength, SocketName.Size)]);

    /// <summary>What the kernel says of a packet.</summary>
    public Arrival Arrival(int index) => ControlMessages.Read(memory.Control(index)[..(int)memory.Header(index).ControlLength]);

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
        return used = Math.Max(received, 0);
    }

    // The kernel overwrites the lengths, so each call begins with fresh headers.
    private MessageHeader* Prepare()
    {
        for (var i = 0; i < used; i++) memory.Describe(i, largest, SocketName.Size, ControlSize);
        return memory.From(0);
    }
}
