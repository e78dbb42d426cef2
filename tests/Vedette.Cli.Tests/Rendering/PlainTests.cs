using Vedette.Cli.Rendering;

namespace Vedette.Cli.Tests.Rendering;

public sealed class PlainTests
{
    [Theory]
    [InlineData(0.0000314, "31 µs")]
    [InlineData(0.00372, "3.72 ms")]
    [InlineData(0.0384, "38.4 ms")]
    [InlineData(0.5064, "506 ms")]
    [InlineData(1.5, "1.50 s")]
    [InlineData(-0.0012, "-1.20 ms")]
    [InlineData(-61.5, "-61.50 s")]
    [InlineData(1234567, "1,234,567 s")]
    public void Durations_have_three_digits_in_the_unit_that_suits(double seconds, string text) => Plain.Seconds(seconds).ShouldBe(text);

    [Fact]
    public void Text_of_a_peer_cannot_steer_the_terminal() => Plain.Foreign("a\e[2Jb\r\n").ShouldBe("a\uFFFD[2Jb\uFFFD\uFFFD");

    [Theory]
    [InlineData("tls_certificate_left_seconds", 7775998, "90 days")]
    [InlineData("tls_certificate_left_seconds", -43200, "-0.5 days")]
    [InlineData("tcp_rtt_seconds", 0.012, "12.0 ms")]
    public void What_is_left_of_a_certificate_is_told_in_days(string name, double value, string text) => Plain.Number(name, "seconds", value).ShouldBe(text);
}
