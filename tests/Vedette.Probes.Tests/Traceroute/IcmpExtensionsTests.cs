using System.Buffers.Binary;
using Vedette.Probes.Icmp;
using Vedette.Probes.Traceroute;

namespace Vedette.Probes.Tests.Traceroute;

public sealed class IcmpExtensionsTests
{
    // RFC 4950 section 3: labels 24001 (class 5, TTL 1) and 17 (bottom, TTL 254).
    private static readonly byte[] Stack = [0, 12, 1, 1, 0x05, 0xDC, 0x1A, 0x01, 0x00, 0x01, 0x11, 0xFE];

    [Fact]
    public void A_label_stack_is_read_with_all_its_fields() =>
        IcmpExtensions.Labels(Structure(Stack)).ShouldBe([new MplsLabel(24001, 5, IsBottom: false, 1), new MplsLabel(17, 0, IsBottom: true, 254)]);

    [Fact]
    public void Objects_of_other_classes_are_passed_over() =>
        IcmpExtensions.Labels(Structure([0, 8, 2, 1, 9, 9, 9, 9, .. Stack, 0, 4, 1, 7])).Count.ShouldBe(2);

    [Fact]
    public void A_structure_cut_at_any_byte_gives_what_is_whole()
    {
        var structure = Structure([0, 8, 2, 1, 9, 9, 9, 9, .. Stack]);
        for (var length = 0; length < structure.Length; length++) IcmpExtensions.Labels(structure.AsSpan(0, length)).ShouldBeEmpty($"{length} bytes");
        IcmpExtensions.Labels(structure).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(13)]
    [InlineData(65535)]
    public void An_object_of_an_impossible_length_ends_the_reading(int length)
    {
        var structure = Structure([.. Stack, .. Stack]);
        BinaryPrimitives.WriteUInt16BigEndian(structure.AsSpan(16), (ushort)length);
        IcmpExtensions.Labels(structure).Count.ShouldBe(2);
    }

    [Fact]
    public void Another_version_is_not_read()
    {
        var structure = Structure(Stack);
        structure[0] = 1 << 4;
        IcmpExtensions.Labels(structure).ShouldBeEmpty();
    }

    [Fact]
    public void A_stack_is_bounded_whatever_a_router_says() =>
        IcmpExtensions.Labels(Structure([0x05, 0x00, 1, 1, .. new byte[0x4FC]])).Count.ShouldBe(16);

    [Fact]
    public void Noise_never_breaks_the_reading()
    {
        var random = new Random(20260102);
        for (var round = 0; round < 50_000; round++)
        {
            var noise = new byte[random.Next(0, 64)];
            random.NextBytes(noise);
            if (noise.Length > 0) noise[0] = 2 << 4;
            IcmpExtensions.Labels(noise).Count.ShouldBeLessThanOrEqualTo(16);
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(28)]
    [InlineData(40)]
    [InlineData(48)]
    public void Extensions_that_nobody_announced_are_found_by_their_checksum(int missing)
    {
        byte[] quote = [.. new byte[128 - missing], .. Structure(Stack)];
        IcmpExtensions.Labels(IcmpExtensions.Unannounced(quote, missing)).Count.ShouldBe(2);
        for (var length = 0; length < quote.Length; length++) IcmpExtensions.Unannounced(quote.AsSpan(0, length), missing).IsEmpty.ShouldBeTrue();
        quote[^1] ^= 1;
        IcmpExtensions.Unannounced(quote, missing).IsEmpty.ShouldBeTrue();
    }

    /// <summary>A structure with a right checksum around objects.</summary>
    internal static byte[] Structure(byte[] objects)
    {
        byte[] structure = [2 << 4, 0, 0, 0, .. objects];
        BinaryPrimitives.WriteUInt16BigEndian(structure.AsSpan(2), IcmpPacket.Checksum(structure));
        return structure;
    }
}
