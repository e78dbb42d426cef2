using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary>Lets a raw socket hear only what is for it, so that the kernel copies it nothing else.</summary>
public static class PacketFilters
{
    // struct sock_filter: an instruction of the classic Berkeley packet filter (linux/filter.h).
    private const ushort LoadHeaderLength = 0xB1;
    private const ushort LoadHalfIndexed = 0x48;
    private const ushort LoadHalf = 0x28;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint WholePacket = uint.MaxValue;

    // More than a socket's buffer holds.
    private const int MostForgotten = 4096;

    /// <summary>Of a raw UDP or TCP socket: only packets to one port.</summary>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void HearPort(this Socket socket, ushort port)
    {
        // A raw IPv4 socket sees its packets from the IP header on, whose length varies; an IPv6 one from the transport header on.
        Span<Instruction> program = socket.AddressFamily == AddressFamily.InterNetwork
            ? [new(LoadHeaderLength, 0, 0, 0), new(LoadHalfIndexed, 0, 0, 2), new(JumpIfEqual, 0, 1, port), new(Return, 0, 0, WholePacket), new(Return, 0, 0, 0)]
            : [new(LoadHalf, 0, 0, 2), new(JumpIfEqual, 0, 1, port), new(Return, 0, 0, WholePacket), new(Return, 0, 0, 0)];
        Attach(socket, program);
        Forget(socket);
    }

    /// <summary>Of a raw ICMP socket: only messages of these types.</summary>
    /// <exception cref="SocketException">The socket does not take it.</exception>
    public static void HearTypes(this Socket socket, params ReadOnlySpan<byte> types)
    {
        var v6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        Span<uint> blocked = stackalloc uint[IcmpWords(v6)];
        BlockAllBut(blocked, types);
        socket.SetRawSocketOption(v6 ? SocketConstants.LevelIcmp6 : SocketConstants.LevelRaw, SocketConstants.IcmpFilter, MemoryMarshal.AsBytes(blocked));
        Forget(socket);
    }

    /// <summary>How long the filter of a family is. struct icmp_filter has a bit for the types 0 to 31, struct icmp6_filter for all 256.</summary>
    internal static int IcmpWords(bool v6) => v6 ? 8 : 1;

    /// <summary>Writes a filter; a 1 blocks a type (RFC 3542 section 3.2 leaves the form open).</summary>
    internal static void BlockAllBut(Span<uint> blocked, ReadOnlySpan<byte> types)
    {
        blocked.Fill(uint.MaxValue);
        foreach (var type in types) blocked[type / 32] &= ~(1u << (type % 32));
    }

    // A raw socket hears everything from its making on, so what came before the filter is still there.
    private static void Forget(Socket socket)
    {
        Span<byte> waste = stackalloc byte[1];
        for (var most = MostForgotten; most > 0 && socket.Available > 0; most--) socket.Receive(waste, SocketFlags.None, out _);
    }

    // struct sock_fprog: how many instructions, and where they are.
    private static unsafe void Attach(Socket socket, ReadOnlySpan<Instruction> program)
    {
        fixed (Instruction* first = program)
        {
            Span<byte> value = stackalloc byte[16];
            value.Clear();
            MemoryMarshal.Write(value, (ushort)program.Length);
            MemoryMarshal.Write(value[8..], (nint)first);
            socket.SetRawSocketOption(SocketConstants.LevelSocket, SocketConstants.AttachFilter, value);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);
}
