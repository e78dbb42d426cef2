using System.Text;
using System.Text.Json;
using Vedette.Probes.Http;
using Vedette.Probes.Resolve;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Http;

public sealed class HttpProbeTests : IAsyncDisposable
{
    private readonly Resolver resolver = new(ProbeRuns.Policy);
    private readonly HttpProbe probe;

    public HttpProbeTests() => probe = new HttpProbe(resolver);

    public async ValueTask DisposeAsync()
    {
        await probe.DisposeAsync();
        resolver.Dispose();
    }

    [Fact]
    public async Task A_page_is_up_with_its_phases_and_numbers()
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page("hello", fields: "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n"));
        var seen = await probe.RunAsync(peer.Url(), Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "connect", "processing", "transfer"]);
        seen.Measured("http_status_code").ShouldBe(200);
        seen.Measured("http_content_length").ShouldBe(5);
        seen.Measured("http_last_modified_timestamp_seconds").ShouldBe(1767225600);
        peer.Requests.Single().ShouldContain("Connection: close");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", Reasons.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", Reasons.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", Reasons.Truncated)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n0\r\n\r\n", Reasons.ProtocolError)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Reasons.ProtocolError)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Reasons.ProtocolError)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Reasons.ProtocolError)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", Reasons.ProtocolError)]
    [InlineData("HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", Reasons.ProtocolError)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", Reasons.Truncated)]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", Reasons.ProtocolError)]
    [InlineData("SSH-2.0-OpenSSH\r\n", Reasons.ProtocolError)]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n", Reasons.ProtocolError)]
    [InlineData("", Reasons.Truncated)]
    [InlineData("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", Reasons.StatusMismatch)]
    public async Task An_answer_that_is_not_whole_and_right_is_down(string answer, string reason)
    {
        await using var peer = new HttpPeer(_ => answer);
        var seen = await probe.RunAsync(peer.Url(), Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, reason), seen.Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello world")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world")]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 11, 11\r\n\r\nhello world")]
    public async Task Every_way_a_body_can_end_is_read_to_its_end_even_byte_by_byte(string answer)
    {
        var parameters = Parameters.Empty.With("regex", "^hello world$");
        await using var whole = new HttpPeer(_ => answer);
        (await probe.RunAsync(whole.Url(), parameters)).Status.ShouldBe(Status.Up);

        await using var slow = new HttpPeer(async (_, socket, stop) =>
        {
            socket.NoDelay = true;
            foreach (var unit in Encoding.Latin1.GetBytes(answer)) await socket.SendAsync(new[] { unit }, stop);
        });
        var seen = await probe.RunAsync(slow.Url(), parameters);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("http_uncompressed_body_length").ShouldBe(11);
    }

    [Fact]
    public async Task An_answer_cut_at_any_byte_is_never_up()
    {
        const string Answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        var cut = 0;
        await using var peer = new HttpPeer(_ => Answer[..cut]);
        for (; cut < Answer.Length; cut++)
        {
            var seen = await probe.RunAsync(peer.Url(), Parameters.Empty);
            (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.Truncated), $"cut at {cut}");
        }

        (await probe.RunAsync(peer.Url(), Parameters.Empty)).Status.ShouldBe(Status.Up);
    }

    [Fact]
    public async Task Endless_answers_end_at_their_bounds()
    {
        await using var header = Endless("HTTP/1.1 200 OK\r\n", "X-Noise: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
        (await probe.RunAsync(header.Url(), Parameters.Empty)).Reason.ShouldBe(Reasons.TooLarge);
        await using var chunks = Endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "400\r\n" + new string('a', 1024) + "\r\n");
        (await probe.RunAsync(chunks.Url(), Parameters.Empty.With("maxBody", "100000"))).Reason.ShouldBe(Reasons.TooLarge);
        await using var body = Endless("HTTP/1.1 200 OK\r\n\r\n", new string('a', 1024));
        (await probe.RunAsync(body.Url(), Parameters.Empty.With("maxBody", "100000"))).Reason.ShouldBe(Reasons.TooLarge);
        await using var interim = Endless("", "HTTP/1.1 102 Processing\r\n\r\n");
        (await probe.RunAsync(interim.Url(), Parameters.Empty)).Reason.ShouldBe(Reasons.ProtocolError);
    }

    [Theory]
    [InlineData("\0\0\0\u0004\0\0\0\0\0", "only HTTP/2 here; use httpVersion=2")]
    [InlineData("\0\0\u0006\u0004\0\0\0\0\0\0\u0003\0\0\0d", "only HTTP/2 here; use httpVersion=2")]
    [InlineData("220 mail.test ESMTP\r\n", "does not begin with an HTTP/1 status line")]
    public async Task What_is_no_http_1_is_told_at_its_first_bytes_even_from_a_peer_that_says_no_more(string greeting, string says)
    {
        await using var peer = new Peer(async (socket, stop) =>
        {
            foreach (var unit in Encoding.Latin1.GetBytes(greeting)) await socket.SendAsync(new[] { unit }, stop);
            await Peer.Silence(socket, stop);
        });
        var seen = await probe.RunAsync($"http://{peer.Target}/", Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain(says);
    }

    [Fact]
    public async Task A_redirect_to_a_name_longer_than_any_is_refused()
    {
        var name = string.Join('.', Enumerable.Repeat("label", 60));
        await using var peer = new HttpPeer(_ => HttpPeer.Page("", "302 Found", $"Location: http://{name}/\r\n"));
        var seen = await probe.RunAsync(peer.Url(), Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.RedirectRefused), seen.Message);
    }

    [Fact]
    public async Task Redirects_are_followed_and_credentials_stay_with_their_host()
    {
        await using var elsewhere = new HttpPeer(_ => HttpPeer.Page("there"));
        await using var here = new HttpPeer(request => HttpPeer.Path(request) switch
        {
            "/a" => HttpPeer.Page("", "302 Found", "Location: /b\r\n"),
            _ => HttpPeer.Page("", "307 Temporary Redirect", $"Location: {elsewhere.Url("/c")}\r\n"),
        });
        var seen = await probe.RunAsync(here.Url("/a"), Parameters.Empty.With("user", "u").With("password", "p").With("header", "X-Key: secret"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("http_redirects").ShouldBe(2);
        here.Requests.ShouldAllBe(request => request.Contains("Authorization: Basic dTpw") && request.Contains("X-Key: secret"));
        elsewhere.Requests.Single().ShouldNotContain("Authorization");
        elsewhere.Requests.Single().ShouldNotContain("X-Key");
    }

    [Fact]
    public async Task Every_hop_is_kept_with_its_status_and_phases_but_without_secrets()
    {
        await using var elsewhere = new HttpPeer(_ => HttpPeer.Page("there"));
        await using var here = new HttpPeer(_ => HttpPeer.Page("", "302 Found", $"Location: {elsewhere.Url("/c?token=hush")}\r\n"));
        var seen = await probe.RunAsync(here.Url("/a?key=hush"), Parameters.Empty);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Details.ShouldNotBeNull().ShouldNotContain("hush");
        using var details = JsonDocument.Parse(seen.Details);
        var hops = details.RootElement.GetProperty("hops").EnumerateArray().ToList();
        hops.Select(hop => hop.GetProperty("url").GetString()).ShouldBe([here.Url("/a"), elsewhere.Url("/c")]);
        hops.Select(hop => hop.GetProperty("status").GetInt32()).ShouldBe([302, 200]);
        foreach (var (name, total) in seen.Phases) hops.Sum(hop => hop.GetProperty("phases").GetProperty(name).GetDouble()).ShouldBe(total, 1e-9);
    }

    [Fact]
    public async Task A_hop_that_failed_is_kept_as_far_as_it_got()
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page("", "302 Found", "Location: http://169.254.169.254/latest\r\n"));
        using var details = JsonDocument.Parse((await probe.RunAsync(peer.Url(), Parameters.Empty)).Details!);
        var last = details.RootElement.GetProperty("hops")[1];
        last.TryGetProperty("status", out _).ShouldBeFalse();
        last.GetProperty("phases").EnumerateObject().Select(phase => phase.Name).ShouldBe(["resolve"]);
    }

    [Fact]
    public async Task A_single_request_has_no_hops() => (await RunAsync(_ => HttpPeer.Page("hello"))).Details.ShouldBeNull();

    [Theory]
    [InlineData("http://keeper:hush@127.0.0.1/")]
    [InlineData("ftp://keeper:hush@127.0.0.1/?token=hush")]
    [InlineData("/?token=hush")]
    public async Task What_a_redirect_holds_in_secret_is_not_told(string location) =>
        (await RunAsync(_ => HttpPeer.Page("", "302 Found", $"Location: {location}\r\n"))).Message.ShouldNotBeNull().ShouldNotContain("hush");

    [Theory]
    [InlineData("/", Reasons.RedirectLoop, Status.Down)]
    [InlineData("file:///etc/passwd", Reasons.RedirectRefused, Status.Down)]
    [InlineData("http://169.254.169.254/latest", Reasons.PolicyDenied, Status.Unknown)]
    public async Task A_redirect_that_leads_nowhere_good_is_not_followed(string location, string reason, Status status)
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page("", "302 Found", $"Location: {location}\r\n"));
        var seen = await probe.RunAsync(peer.Url(), Parameters.Empty);
        (seen.Status, seen.Reason).ShouldBe((status, reason), seen.Message);
    }

    [Fact]
    public async Task A_post_becomes_a_get_after_302_and_stays_one_after_307()
    {
        await using var peer = new HttpPeer(request => HttpPeer.Path(request) switch
        {
            "/302" => HttpPeer.Page("", "302 Found", "Location: /end\r\n"),
            "/307" => HttpPeer.Page("", "307 Temporary Redirect", "Location: /end\r\n"),
            _ => HttpPeer.Page("ok"),
        });
        var parameters = Parameters.Empty.With("method", "POST").With("body", "x=1");
        await probe.RunAsync(peer.Url("/302"), parameters);
        await probe.RunAsync(peer.Url("/307"), parameters);
        peer.Requests.Select(request => request.Split(' ')[0]).ShouldBe(["POST", "GET", "POST", "POST"]);
    }

    [Theory]
    [InlineData("contains", "lo wo", true)]
    [InlineData("contains", "Lo wo", false)]
    [InlineData("regex", "w.r.d", true)]
    [InlineData("regex", "^world", false)]
    public async Task The_body_is_matched(string rule, string value, bool matches)
    {
        await using var peer = new HttpPeer(_ => HttpPeer.Page("hello world"));
        var seen = await probe.RunAsync(peer.Url(), Parameters.Empty.With(rule, value));
        seen.Reason.ShouldBe(matches ? null : Reasons.BodyMismatch);
        if (rule == "regex") seen.Measured("failed_due_to_regex").ShouldBe(matches ? 0 : 1);
    }

    [Fact]
    public async Task A_head_request_expects_no_body_whatever_the_length_says()
    {
        await using var peer = new HttpPeer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        (await probe.RunAsync(peer.Url(), Parameters.Empty.With("method", "HEAD"))).Status.ShouldBe(Status.Up);
    }

    private async Task<Observation> RunAsync(Func<string, string> answer)
    {
        await using var peer = new HttpPeer(answer);
        return await probe.RunAsync(peer.Url(), Parameters.Empty);
    }

    private static HttpPeer Endless(string beginning, string repeated) => new(async (_, socket, stop) =>
    {
        await HttpPeer.SendAsync(socket, Encoding.Latin1.GetBytes(beginning), stop);
        var noise = Encoding.Latin1.GetBytes(repeated);
        while (socket.Connected) await HttpPeer.SendAsync(socket, noise, stop);
    });
}
