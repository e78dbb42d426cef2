using FsCheck;
using FsCheck.Fluent;
using Vedette.Probes.Ntp;

namespace Vedette.Probes.Tests.Ntp;

public sealed class NtpTimestampTests
{
    private const long Second = 1_000_000_000;

    // From 1970 to 2106, around the end of the first era on 2036-02-07.
    private static readonly Gen<long> Moments =
        Gen.Choose(0, int.MaxValue).Two().Zip(Gen.Choose(0, 999_999_999), static (seconds, rest) => (((long)seconds.Item1 + seconds.Item2) * Second) + rest);

    // Sixty years either way, as long as the decades between two moments may be.
    private static readonly Gen<long> Offsets =
        Gen.Choose(-1_892_160_000, 1_892_160_000).Zip(Gen.Choose(0, 999_999_999), static (seconds, rest) => (seconds * Second) + rest);

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0x83AA7E80_00000000)]
    [InlineData("2000-01-01T00:00:00.5Z", 0xBC17C200_80000000)]
    [InlineData("2036-02-07T06:28:15Z", 0xFFFFFFFF_00000000)]
    [InlineData("2036-02-07T06:28:16Z", 0x00000000_00000000)]
    [InlineData("2036-02-07T06:28:17.25Z", 0x00000001_40000000)]
    [InlineData("1969-12-31T23:59:59.75Z", 0x83AA7E7F_C0000000)]
    public void A_moment_is_seconds_of_its_era_since_1900(string moment, ulong expected)
    {
        var ticks = (DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture) - DateTimeOffset.UnixEpoch).Ticks;
        NtpTimestamp.FromUnix(ticks * 100).Value.ShouldBe(expected);
    }

    [Fact]
    public void The_last_nanosecond_of_a_second_is_still_in_it() =>
        NtpTimestamp.FromUnix(Second - 1).Value.ShouldBe(0x83AA7E80_FFFFFFFBUL);

    [Fact]
    public void A_difference_is_the_same_in_every_era() =>
        Prop.ForAll(
            Moments.Two().ToArbitrary(),
            static pair =>
            {
                // Beyond 68 years a difference has no meaning (RFC 5905 section 6).
                var (earlier, later) = pair;
                if (Math.Abs((later - earlier) / Second) >= int.MaxValue) return true;
                var difference = NtpTimestamp.FromUnix(later).SecondsSince(NtpTimestamp.FromUnix(earlier));
                var expected = (later - earlier) / (double)Second;
                return Math.Abs(difference - expected) <= 2e-9 + (Math.Abs(expected) * 1e-15);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_offset_is_right_within_half_the_delay_whatever_the_way_and_the_era() =>
        Prop.ForAll(
            Moments.ToArbitrary(),
            Offsets.ToArbitrary(),
            Gen.Choose(0, 2_000_000_000).Three().ToArbitrary(),
            static (sent, offset, spans) =>
            {
                var (there, inside, back) = spans;
                var answer = Answered(NtpTimestamp.FromUnix(sent + there + offset), NtpTimestamp.FromUnix(sent + there + inside + offset));
                var elapsed = TimeSpan.FromTicks((there + (long)inside + back) / 100);
                var sample = NtpSample.Take(NtpTimestamp.FromUnix(sent), elapsed, answer);
                var error = Math.Abs(sample.Offset - (offset / (double)Second));
                return NtpSample.IsPossible(elapsed, answer)
                    && Math.Abs(sample.Delay - Math.Max((there + (double)back) / Second, 1e-6)) < 1e-6
                    && error <= (sample.Delay / 2) + 1e-6;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_even_way_gives_the_offset_itself()
    {
        // T1 is the last second of an era, T2 and T3 lie in the next.
        var end = 2_085_978_495L * Second;
        var answer = Answered(NtpTimestamp.FromUnix(end + (2 * Second)), NtpTimestamp.FromUnix(end + (3 * Second)));
        var sample = NtpSample.Take(NtpTimestamp.FromUnix(end), TimeSpan.FromSeconds(2), answer);
        (sample.Offset, sample.Delay).ShouldBe((1.5, 1));
    }

    [Fact]
    public void A_delay_is_never_below_what_the_clocks_can_tell()
    {
        var now = 1_800_000_000L * Second;
        var coarse = Answered(NtpTimestamp.FromUnix(now), NtpTimestamp.FromUnix(now), precision: -6);
        NtpSample.Take(NtpTimestamp.FromUnix(now), TimeSpan.FromMicroseconds(20), coarse).Delay.ShouldBe(1 / 64.0);
        var silly = Answered(NtpTimestamp.FromUnix(now), NtpTimestamp.FromUnix(now), precision: 127);
        NtpSample.Take(NtpTimestamp.FromUnix(now), TimeSpan.FromMicroseconds(20), silly).Delay.ShouldBe(1);
    }

    [Theory]
    [InlineData(0.5, true)]
    [InlineData(1.0, true)]
    [InlineData(1.1, false)]
    [InlineData(-0.1, false)]
    [InlineData(3_600, false)]
    public void A_server_cannot_take_longer_than_the_round_trip_or_less_than_no_time(double serverSeconds, bool possible)
    {
        var now = 1_800_000_000L * Second;
        var answer = Answered(NtpTimestamp.FromUnix(now), NtpTimestamp.FromUnix(now + (long)(serverSeconds * Second)));
        NtpSample.IsPossible(TimeSpan.FromSeconds(1), answer).ShouldBe(possible);
    }

    private static NtpPacket Answered(NtpTimestamp receive, NtpTimestamp transmit, sbyte precision = -23)
    {
        var bytes = new byte[48];
        bytes[3] = (byte)precision;
        receive.Write(bytes.AsSpan(32));
        transmit.Write(bytes.AsSpan(40));
        NtpPacket.TryRead(bytes, out var packet).ShouldBeTrue();
        return packet;
    }
}
