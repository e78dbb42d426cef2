using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Vedette.Linux.Sockets;

/// <summary><c>struct sockaddr_in</c> and <c>struct sockaddr_in6</c>, without ports: those who use this have none.</summary>
internal static class SocketName
{
    public const int Size = 28;
    private const int Inet = 16;
    private const int Inet6 = 28;

    /// <summary>Writes the structure of the address's family; how many bytes it has.</summary>
    public static int Write(Span<byte> name, IPAddress address)
    {
        name[..Inet6].Clear();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            MemoryMarshal.Write(name, (ushort)SocketConstants.FamilyInet);
            address.TryWriteBytes(name[4..], out _);
            return Inet;
        }

        MemoryMarshal.Write(name, (ushort)SocketConstants.FamilyInet6);
        address.TryWriteBytes(name[8..], out _);
        MemoryMarshal.Write(name[24..], (uint)address.ScopeId);
        return Inet6;
    }

    /// <summary>The address in a structure; null for another family, or when it is cut.</summary>
    public static IPAddress? Read(ReadOnlySpan<byte> name)
    {
        if (name.Length < sizeof(ushort)) return null;
        return MemoryMarshal.Read<ushort>(name) switch
        {
            SocketConstants.FamilyInet when name.Length >= Inet => new IPAddress(name.Slice(4, 4)),
            SocketConstants.FamilyInet6 when name.Length >= Inet6 => new IPAddress(name.Slice(8, 16), MemoryMarshal.Read<uint>(name[24..])),
            _ => null,
        };
    }
}
