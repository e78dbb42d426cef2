using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary><c>struct mmsghdr</c> of 64-bit systems: a <c>struct msghdr</c> of 56 bytes, whose flags fill only half of its last word, and a length.</summary>
[StructLayout(LayoutKind.Sequential, Size = Size)]
internal struct MessageHeader
{
    public const int Size = 64;

    public nint Name;
    public uint NameLength;
    public nint Vector;
    public nuint VectorLength;
    public nint Control;
    public nuint ControlLength;
    public long Flags;
    public uint Length;
}

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public nint Base;
    public nuint Length;
}
