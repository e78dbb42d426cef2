namespace Vedette.Tests.Text;

public sealed class TextTests
{
    [Theory]
    [InlineData("20ms", 20)]
    [InlineData("2s", 2000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    public void A_duration_is_read_and_written_back_the_same_length(string text, double milliseconds)
    {
        Durations.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
        Durations.TryParse(Durations.Format(duration), out var again).ShouldBeTrue();
        again.ShouldBe(duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1..5s")]
    [InlineData("99999999999999999999d")]
    [InlineData("1e3s")]
    public void What_is_no_duration_is_refused(string text) => Durations.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("htpt", "http")]
    [InlineData("icpm", "icmp")]
    [InlineData("HTTP", "http")]
    [InlineData("gopher", null)]
    public void The_nearest_word_is_offered_only_when_it_is_near(string typed, string? offered) =>
        Nearest.To(typed, ["icmp", "http", "tcp"]).ShouldBe(offered);

    [Theory]
    [InlineData("example.org", null)]
    [InlineData("192.0.2.1", null)]
    [InlineData("[2001:db8::1]", null)]
    [InlineData("2001:db8::1", null)]
    [InlineData("", "empty")]
    [InlineData("http://example.org", "URL")]
    [InlineData("example.org:80", "port")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("a b", "host name")]
    [InlineData("a..b", "host name")]
    public void A_host_is_told_from_what_is_none(string target, string? complaint) => Complains(Targets.RefuseHost(target), complaint);

    [Theory]
    [InlineData("example.org:80", null)]
    [InlineData("[::1]:80", null)]
    [InlineData("::1:80", "HOST:PORT")]
    [InlineData("example.org", "HOST:PORT")]
    [InlineData("example.org:0", "1 to 65535")]
    [InlineData("example.org:65536", "1 to 65535")]
    [InlineData(":80", "HOST:PORT")]
    public void A_host_with_port_is_told_from_what_is_none(string target, string? complaint) => Complains(Targets.RefuseHostPort(target), complaint);

    [Theory]
    [InlineData("http://example.org/", null)]
    [InlineData("https://[::1]:8443/x?y=z", null)]
    [InlineData("ftp://example.org/", "http")]
    [InlineData("example.org", "URL")]
    [InlineData("http://u:p@example.org/", "password")]
    public void A_url_is_told_from_what_is_none(string target, string? complaint) => Complains(Targets.RefuseHttpUrl(target), complaint);

    private static void Complains(string? refusal, string? complaint)
    {
        if (complaint is null) refusal.ShouldBeNull();
        else refusal.ShouldNotBeNull().ShouldContain(complaint);
    }
}
