using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vedette.Linux.Sockets;

namespace Vedette.Linux.Tests.Sockets;

public sealed class ControlMessagesTests
{
    private static readonly IPAddress Router = IPAddress.Parse("192.0.2.9");

    [Fact]
    public void The_structs_are_as_long_as_the_kernels()
    {
        Unsafe.SizeOf<MessageHeader>().ShouldBe(64);
        Marshal.OffsetOf<MessageHeader>(nameof(MessageHeader.Length)).ShouldBe(56);
        Unsafe.SizeOf<IoVector>().ShouldBe(16);
        Unsafe.SizeOf<TimeSpec>().ShouldBe(16);
    }

    [Fact]
    public void Everything_the_kernel_says_is_read()
    {
        var arrival = ControlMessages.Read(Everything());
        (arrival.At, arrival.HopLimit, arrival.Dropped).ShouldBe((7_000_000_009, 57, 3u));
        arrival.Report.ShouldBe(new ErrorReport(3, 4, 1400, Router));
    }

    [Fact]
    public void Cut_anywhere_it_gives_what_is_whole()
    {
        var whole = Everything();
        for (var length = 0; length < whole.Length; length++) ControlMessages.Read(whole.AsSpan(0, length)).Report.ShouldBeNull();
        ControlMessages.Read(whole.AsSpan(0, 32)).At.ShouldBe(7_000_000_009);
        ControlMessages.Read(whole.AsSpan(0, 31)).At.ShouldBeNull();
    }

    [Fact]
    public void A_length_that_lies_ends_the_reading()
    {
        var random = new Random(1);
        var noise = new byte[96];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(noise);
            MemoryMarshal.Write(noise, (long)random.Next(-20, 120));
            ControlMessages.Read(noise).Report.ShouldBeNull();
        }
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(120, 0, 120)]
    [InlineData(120, 1, null)]
    public void Where_extensions_begin_is_read_unless_the_kernel_found_them_malformed(ushort at, byte flags, int? expected)
    {
        var report = Message(0, 11, [.. new byte[4], 2, 11, 0, 0, .. new byte[4], .. BitConverter.GetBytes(at), flags, 0, .. Name(Router)]);
        ControlMessages.Read(report).Report!.Value.ExtensionsAt.ShouldBe(expected);
    }

    [Fact]
    public void A_local_error_is_not_a_report()
    {
        var local = Message(0, 11, [.. new byte[4], 1, 3, 4, 0, .. new byte[8], .. Name(Router)]);
        ControlMessages.Read(local).Report.ShouldBeNull();
    }

    [Theory]
    [InlineData("192.0.2.1", 2, 12)]
    [InlineData("2001:db8::1", 52, 20)]
    public void Hop_limit_and_source_are_written_for_the_family(string source, int hopLimitType, int sourceSize)
    {
        var address = IPAddress.Parse(source);
        var control = new byte[64];
        var length = ControlMessages.Write(control, address.AddressFamily, 9, address);
        length.ShouldBe(24 + 16 + ((sourceSize + 7) & ~7));
        (BitConverter.ToInt64(control), BitConverter.ToInt32(control, 12), BitConverter.ToInt32(control, 16)).ShouldBe((20L, hopLimitType, 9));
        BitConverter.ToInt64(control, 24).ShouldBe(16 + sourceSize);
        control.AsSpan(40).IndexOf(address.GetAddressBytes()).ShouldBe(address.AddressFamily == AddressFamily.InterNetwork ? 4 : 0);
    }

    [Theory]
    [InlineData("192.0.2.1", 16)]
    [InlineData("2001:db8::1%7", 28)]
    public void An_address_survives_its_structure_and_no_cut_of_it(string text, int size)
    {
        var address = IPAddress.Parse(text);
        var name = new byte[SocketName.Size];
        SocketName.Write(name, address).ShouldBe(size);
        SocketName.Read(name.AsSpan(0, size)).ShouldBe(address);
        for (var length = 0; length < size; length++) SocketName.Read(name.AsSpan(0, length)).ShouldBeNull();
    }

    private static byte[] Everything() =>
    [
        .. Message(1, 35, [.. BitConverter.GetBytes(7L), .. BitConverter.GetBytes(9L)]),
        .. Message(0, 2, BitConverter.GetBytes(57)),
        .. Message(1, 40, BitConverter.GetBytes(3)),
        .. Message(77, 77, new byte[5]),
        .. Message(0, 11, [.. new byte[4], 2, 3, 4, 0, .. BitConverter.GetBytes(1400), .. new byte[4], .. Name(Router)]),
    ];

    private static byte[] Message(int level, int type, byte[] value) =>
        [.. BitConverter.GetBytes(16L + value.Length), .. BitConverter.GetBytes(level), .. BitConverter.GetBytes(type), .. value, .. new byte[(8 - (value.Length % 8)) % 8]];

    private static byte[] Name(IPAddress address)
    {
        var name = new byte[SocketName.Size];
        return name[..SocketName.Write(name, address)];
    }
}
