using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Tests.Http;

public sealed class RetryAfterTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public RetryAfterTests() => probe = new HttpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("0000000000000000000000060", 60)]
    [InlineData("2147483647", 2147483647)]
    [InlineData("Thu, 01 Jan 2026 12:02:00 GMT", 120)]
    [InlineData("Thursday, 01-Jan-26 12:02:00 GMT", 120)]
    [InlineData("Thu Jan  1 12:02:00 2026", 120)]
    [InlineData("Thu, 01 Jan 2026 11:00:00 GMT", 0)]
    [InlineData("Mon, 01 Jan 0001 00:00:00 GMT", 0)]
    public void Seconds_and_all_three_forms_of_a_date_are_read(string value, int seconds) => Read(value).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData("1e9")]
    [InlineData("0x10")]
    [InlineData("120 s")]
    [InlineData("120, 60")]
    [InlineData("2147483648")]
    [InlineData("99999999999999999999999999999999999999999999")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData("Fri, 01 Jan 2026 12:02:00 GMT")]
    [InlineData("Thu, 32 Jan 2026 12:02:00 GMT")]
    [InlineData("Thu, 01 Jan 2026 12:02:00 CET")]
    public void What_nobody_may_say_is_not_repeated(string value) => Read(value).ShouldBeNull();

    [Fact]
    public void A_date_counts_from_the_time_that_the_server_says_it_is() =>
        Read("Fri, 02 Jan 2032 00:00:30 GMT", "Date: Fri, 02 Jan 2032 00:00:00 GMT\r\n").ShouldBe(TimeSpan.FromSeconds(30));

    [Fact]
    public void Noise_is_read_without_harm_and_never_as_a_time_out_of_bounds()
    {
        const string Signs = "0123456789 ,:-+.GMTSunJadyDec\0\u00ff";
        var random = new Random(1);
        var valid = 0;
        for (var round = 0; round < 50_000; round++)
        {
            var value = round % 2 == 0
                ? string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => Signs[random.Next(Signs.Length)]))
                : Flip("Thu, 01 Jan 2026 12:02:00 GMT", random.Next(29), Signs[random.Next(Signs.Length)]);
            if (Read(value) is not { } wait) continue;
            wait.TotalSeconds.ShouldBeInRange(0, int.MaxValue, value);
            valid++;
        }

        valid.ShouldBeGreaterThan(100, "some of it happens to be a time");
    }

    [Theory]
    [InlineData("503 Service Unavailable", "120", "the status was 503, expected 200-299; it asks to come back in 2m", 120.0)]
    [InlineData("429 Too Many Requests", "7", "the status was 429, expected 200-299; it asks to come back in 7s", 7.0)]
    [InlineData("503 Service Unavailable", "later", "the status was 503, expected 200-299", null)]
    public async Task An_unwanted_status_says_when_to_come_back(string status, string value, string message, double? seconds)
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page("", status, $"Retry-After: {value}\r\n"));
        var seen = await probe.RunAsync(peer.Url(), Parameters.Empty);
        (seen.Status, seen.Reason, seen.Message).ShouldBe((Status.Down, Reasons.StatusMismatch, message));
        seen.Measurements.Where(measurement => measurement.Key == "http_retry_after_seconds").Select(measurement => (double?)measurement.Value)
            .SingleOrDefault().ShouldBe(seconds);
    }

    [Fact]
    public async Task What_a_redirect_asked_is_not_what_the_last_answer_asked()
    {
        await using var peer = new HttpPeer(request => HttpPeer.Path(request) == "/end" ? HttpPeer.Page("ok") : HttpPeer.Page("", "302 Found", "Location: /end\r\nRetry-After: 5\r\n"));
        var seen = await probe.RunAsync(peer.Url(), Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measurements.ShouldAllBe(measurement => measurement.Key != "http_retry_after_seconds");
    }

    // As docs/checks/http.md tells people to.
    [Theory]
    [InlineData("503 Service Unavailable", Status.Degraded)]
    [InlineData("429 Too Many Requests", Status.Degraded)]
    [InlineData("500 Internal Server Error", Status.Down)]
    [InlineData("200 OK", Status.Up)]
    public async Task A_server_that_is_overloaded_can_be_degraded_by_rule(string status, Status expected)
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page("", status, "Retry-After: 120\r\n"));
        var check = new Check
        {
            Id = "a",
            Kind = "http",
            Target = peer.Url(),
            Interval = TimeSpan.FromSeconds(30),
            Timeout = TimeSpan.FromSeconds(5),
            Parameters = Parameters.Empty.With("expectStatus", "200-299,429,503"),
            Assertions = ["warn: http_status_code < 400"],
        };
        using var lateness = new LatenessWatch(TimeProvider.System);
        var runner = new Runner("local", TimeProvider.System, lateness, NullLogger<Runner>.Instance);
        var result = await runner.RunAsync(BoundCheck.Bind(check, probe, new Problems())!, Now, CancellationToken.None);
        result.Status.ShouldBe(expected, result.Message);
        result.Measurements.TryGet("http_retry_after_seconds", out var seconds).ShouldBeTrue();
        seconds.ShouldBe(120);
    }

    private static TimeSpan? Read(string value, string fields = "") =>
        RetryAfter.Read(ResponseHead.Read(Encoding.Latin1.GetBytes($"HTTP/1.1 503 Busy\r\n{fields}Retry-After: {value}\r\n\r\n")).Head ?? Bare, Now);

    // A header that is none, such as one with a zero byte, is refused before anybody reads it.
    private static ResponseHead Bare => ResponseHead.Read("HTTP/1.1 503 Busy\r\n\r\n"u8).Head!;

    private static string Flip(string text, int at, char sign) => $"{text[..at]}{sign}{text[(at + 1)..]}";
}
