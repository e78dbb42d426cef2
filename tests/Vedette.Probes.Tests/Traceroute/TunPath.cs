using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Vedette.Probes.Icmp;
using Vedette.Probes.Tests.Icmp;

namespace Vedette.Probes.Tests.Traceroute;

/// <summary>A packet that came to the path: where it goes, how many hops it may take, and its bytes from the IP header on.</summary>
internal sealed record Passing(IPAddress To, int HopLimit, byte[] Bytes)
{
    public bool IsV6 => Bytes[0] >> 4 == 6;

    /// <summary>From its transport header on.</summary>
    public byte[] Transport => Bytes[(IsV6 ? 40 : 20)..];
}

/// <summary>
/// All the routers of an <see cref="OwnNetwork"/> in one function: whatever this host sends comes to it, and what it returns arrives as if from outside,
/// lies included. Made on a thread of that network; probes made there send into it.
/// </summary>
internal sealed partial class TunPath : IAsyncDisposable
{
    private const int ReadWrite = 2;
    private const uint SetInterface = 0x400454CA;
    private const short TunWithoutHeader = 0x1001;
    private static readonly IPAddress Stop = IPAddress.Parse("10.9.0.99");

    private readonly SafeFileHandle device;
    private readonly Func<Passing, IEnumerable<byte[]>> answers;
    private readonly Socket stopper;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TunPath(Func<Passing, IEnumerable<byte[]>> answers)
    {
        this.answers = answers;
        device = Open("/dev/net/tun", ReadWrite);
        var request = new byte[40];
        "path"u8.CopyTo(request);
        MemoryMarshal.Write(request.AsSpan(16), TunWithoutHeader);
        if (device.IsInvalid || Control(device, SetInterface, request) < 0) throw new InvalidOperationException($"no path of our own: error {Marshal.GetLastPInvokeError()}");
        foreach (var arguments in new[] { "addr add 10.9.0.1/24 dev path", "-6 addr add fd09::1/64 dev path nodad", "link set path up", "route add default dev path", "-6 route add default dev path" })
            OwnNetwork.Run("ip", arguments);
        stopper = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stopper.Connect(new IPEndPoint(Stop, 9));
        new Thread(Pass) { IsBackground = true, Name = "path" }.Start();
    }

    public static IPAddress Here(bool v6) => IPAddress.Parse(v6 ? "fd09::1" : "10.9.0.1");

    public static IPAddress Router(int distance, bool v6) => IPAddress.Parse(v6 ? $"fd0a::{distance:x}" : $"10.10.0.{distance}");

    public static IPAddress Target(bool v6) => IPAddress.Parse(v6 ? "2001:db8::9" : "198.51.100.9");

    /// <summary>An ICMP message, with right checksums.</summary>
    public static byte[] Message(IPAddress from, byte type, byte code, byte[] quote, byte second = 0, byte first = 0)
    {
        byte[] message = [type, code, 0, 0, first, second, 0, 0, .. quote];
        var v6 = from.AddressFamily == AddressFamily.InterNetworkV6;
        byte[] covered = v6 ? [.. from.GetAddressBytes(), .. Here(v6).GetAddressBytes(), .. Big(message.Length), 0, 0, 0, 58, .. message] : message;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), IcmpPacket.Checksum(covered));
        return Packet(from, v6 ? (byte)58 : (byte)1, message);
    }

    /// <summary>What a router says of a packet that may take no more hops; the quote is all of it unless it is to be cut.</summary>
    public static byte[] Expired(Passing packet, int? keep = null, IPAddress? from = null) => Message(
        from ?? Router(packet.HopLimit, packet.IsV6), packet.IsV6 ? (byte)3 : (byte)11, 0, keep is { } bytes ? packet.Bytes[..bytes] : packet.Bytes);

    /// <summary>What the target says of a datagram to a port where nothing listens.</summary>
    public static byte[] PortUnreachable(Passing packet, IPAddress? from = null) =>
        Message(from ?? packet.To, packet.IsV6 ? (byte)1 : (byte)3, packet.IsV6 ? (byte)4 : (byte)3, packet.Bytes[..Math.Min(packet.Bytes.Length, 128)]);

    /// <summary>An IP packet to this host.</summary>
    public static byte[] Packet(IPAddress from, byte protocol, byte[] content)
    {
        if (from.AddressFamily == AddressFamily.InterNetworkV6)
            return [0x60, 0, 0, 0, (byte)(content.Length >> 8), (byte)content.Length, protocol, 60, .. from.GetAddressBytes(), .. Here(v6: true).GetAddressBytes(), .. content];
        byte[] header = [0x45, 0, (byte)((20 + content.Length) >> 8), (byte)(20 + content.Length), 0, 0, 0, 0, 60, protocol, 0, 0, .. from.GetAddressBytes(), .. Here(v6: false).GetAddressBytes()];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), IcmpPacket.Checksum(header));
        return [.. header, .. content];
    }

    public async ValueTask DisposeAsync()
    {
        stopper.Send([0]);
        await ended.Task;
        stopper.Dispose();
        device.Dispose();
    }

    private static byte[] Big(int number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];

    private void Pass()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var length = (int)Read(device, buffer, (nuint)buffer.Length);
                if (length <= 0) throw new InvalidOperationException($"the path gave out: error {Marshal.GetLastPInvokeError()}");
                var packet = Parse(buffer[..length]);
                if (packet.To.Equals(Stop)) break;
                foreach (var answer in answers(packet)) _ = Write(device, answer, (nuint)answer.Length);
            }

            ended.SetResult();
        }
        catch (Exception e)
        {
            ended.SetException(e);
        }
    }

    private static Passing Parse(byte[] bytes) => bytes[0] >> 4 == 6
        ? new(new IPAddress(bytes.AsSpan(24, 16)), bytes[7], bytes)
        : new(new IPAddress(bytes.AsSpan(16, 4)), bytes[8], bytes);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, uint request, byte[] argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, byte[] buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, byte[] buffer, nuint length);
}
