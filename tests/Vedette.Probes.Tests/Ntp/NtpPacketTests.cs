using FsCheck;
using FsCheck.Fluent;
using Vedette.Probes.Ntp;

namespace Vedette.Probes.Tests.Ntp;

public sealed class NtpPacketTests
{
    [Fact]
    public void A_request_tells_nothing_but_its_nonce()
    {
        var request = NtpPacket.Request(new NtpTimestamp(0x0123456789ABCDEF));
        request.Length.ShouldBe(48);
        request[0].ShouldBe((byte)0x23);
        request[1..40].ShouldAllBe(value => value == 0);
        Convert.ToHexString(request[40..]).ShouldBe("0123456789ABCDEF");
    }

    [Fact]
    public void A_header_is_read_field_by_field()
    {
        byte[] bytes =
        [
            0x64, 3, 10, 0xEC, 0, 1, 0x80, 0, 0, 0, 0x40, 0, 192, 0, 2, 1,
            1, 1, 1, 1, 0, 0, 0, 1, 2, 2, 2, 2, 0, 0, 0, 2, 3, 3, 3, 3, 0, 0, 0, 3, 4, 4, 4, 4, 0, 0, 0, 4,
        ];
        NtpPacket.TryRead(bytes, out var packet).ShouldBeTrue();
        (packet.Leap, packet.Version, packet.Mode, packet.Stratum, packet.Precision).ShouldBe((1, 4, 4, 3, -20));
        (packet.RootDelay, packet.RootDispersion, packet.ReferenceId).ShouldBe((1.5, 0.25, 0xC0000201u));
        (packet.Reference.Value, packet.Origin.Value).ShouldBe((0x01010101_00000001UL, 0x02020202_00000002UL));
        (packet.Receive.Value, packet.Transmit.Value).ShouldBe((0x03030303_00000003UL, 0x04040404_00000004UL));
    }

    [Fact]
    public void A_negative_root_delay_is_seen_as_one_and_dispersion_has_no_sign()
    {
        var bytes = new byte[48];
        (bytes[4], bytes[8]) = (0xFF, 0xFF);
        NtpPacket.TryRead(bytes, out var packet).ShouldBeTrue();
        packet.RootDelay.ShouldBe(-256);
        packet.RootDispersion.ShouldBe(65_280);
    }

    [Fact]
    public void A_header_cut_anywhere_is_none()
    {
        for (var length = 0; length < 48; length++) NtpPacket.TryRead(new byte[length], out _).ShouldBeFalse();
        NtpPacket.TryRead(new byte[48], out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(20)]
    [InlineData(24)]
    public void A_code_at_the_end_is_passed_over(int length) => IsRead(new byte[length]).ShouldBeTrue();

    [Theory]
    [InlineData(28, 0)]
    [InlineData(28, 20)]
    [InlineData(1024, 24)]
    [InlineData(16, 24)]
    public void Extension_fields_are_passed_over_with_and_without_a_code(int field, int code)
    {
        IsRead([.. Field(field), .. new byte[code]]).ShouldBeTrue();
        IsRead([.. Field(32), .. Field(field), .. new byte[code]]).ShouldBeTrue();
    }

    [Fact]
    public void Extension_fields_cut_at_any_byte_are_none_unless_a_code_remains()
    {
        byte[] whole = [.. Field(32), .. Field(64), .. new byte[20]];
        for (var length = 1; length < whole.Length; length++)
        {
            // What is left of the second field may happen to be as long as a code.
            var fits = length is 4 or 20 or 24 or 32 or (32 + 4) or (32 + 20) or (32 + 24) or 96 or (96 + 4);
            IsRead(whole[..length]).ShouldBe(fits, $"{length} bytes");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(30)]
    [InlineData(68)]
    [InlineData(65_532)]
    public void A_field_of_an_impossible_length_is_none(int length) =>
        IsRead([0, 0, (byte)(length >> 8), (byte)length, .. new byte[60]]).ShouldBeFalse();

    [Fact]
    public void Whatever_comes_it_is_read_or_it_is_not() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            Gen.Choose(0, 200).ToArbitrary(),
            static (noise, length) =>
            {
                byte[] bytes = [.. Enumerable.Range(0, length).Select(i => noise.Length == 0 ? (byte)i : noise[i % noise.Length])];
                return NtpPacket.TryRead(bytes, out var packet) ? bytes.Length >= 48 && packet.Mode == (bytes[0] & 7) : packet == default;
            }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0x47505300, 1, false, "GPS")]
    [InlineData(0x50505300, 1, true, "PPS")]
    [InlineData(0x00000000, 1, false, "00000000")]
    [InlineData(0x1B5B324A, 1, false, "1b5b324a")]
    [InlineData(0xC0000201, 2, false, "192.0.2.1")]
    [InlineData(0xC0000201, 3, true, "c0000201")]
    public void A_reference_is_a_name_an_address_or_a_hash(uint id, int stratum, bool v6, string text) => ReferenceId.Show(id, stratum, v6).ShouldBe(text);

    private static bool IsRead(byte[] tail) => NtpPacket.TryRead([.. new byte[48], .. tail], out _);

    private static byte[] Field(int length)
    {
        var field = new byte[length];
        (field[0], field[1], field[2], field[3]) = (0x01, 0x04, (byte)(length >> 8), (byte)length);
        return field;
    }
}
