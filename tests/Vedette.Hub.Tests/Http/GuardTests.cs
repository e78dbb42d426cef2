using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Vedette.Hub.Tests.Http;

public sealed class GuardTests
{
    private static readonly string[] Closed =
        ["/api/v1/checks", "/api/v1/checks/a", "/api/v1/checks/a/results", "/api/v1/stream", "/openapi/v1.json", "/api", "/nowhere", "/healthz/", "/app.js/x", "/API/v1/checks"];

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic {token}")]
    [InlineData("{token}")]
    [InlineData("Bearer {token}x")]
    public async Task Without_the_token_everything_but_the_page_and_health_is_refused(string? authorization)
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        hub.Http.DefaultRequestHeaders.Authorization = null;
        if (authorization is not null) hub.Http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization.Replace("{token}", hub.Host.Token, StringComparison.Ordinal));
        foreach (var path in Closed)
            foreach (var method in (string[])["GET", "POST", "DELETE", "HEAD", "OPTIONS"])
            {
                using var answer = await hub.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
                answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{method} {path}");
                answer.Headers.WwwAuthenticate.ShouldContain(new AuthenticationHeaderValue("Bearer"));
                (await answer.Content.ReadAsStringAsync()).ShouldNotContain(hub.Host.Token);
            }

        foreach (var path in (string[])["/", "/app.js", "/app.css", "/healthz", "/readyz"]) (await hub.Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        hub.Scalar("SELECT count(*) FROM checks").ShouldBe(1L);
    }

    [Fact]
    public async Task A_token_in_the_query_opens_nothing()
    {
        await using var hub = await RunningHub.StartAsync();
        hub.Http.DefaultRequestHeaders.Authorization = null;
        (await hub.SendAsync("GET", $"/api/v1/checks?token={hub.Host.Token}&access_token={hub.Host.Token}")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:7400", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.9.9.9:80", true)]
    [InlineData("[::1]:7400", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("[2001:db8::1]", false)]
    [InlineData("localhost.", false)]
    public async Task Only_a_host_that_is_this_one_is_answered(string host, bool answered)
    {
        await using var hub = await RunningHub.StartAsync();
        foreach (var path in (string[])["/", "/healthz", "/api/v1/checks"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            (await hub.Http.SendAsync(request)).StatusCode.ShouldBe(answered ? HttpStatusCode.OK : HttpStatusCode.MisdirectedRequest, path);
        }
    }

    [Fact]
    public async Task Every_answer_has_the_headers_that_bind_a_browser()
    {
        await using var hub = await RunningHub.StartAsync();
        await hub.AddAsync("a");
        (string Method, string Path, string? Body, HttpStatusCode Status)[] requests =
        [
            ("GET", "/", null, HttpStatusCode.OK),
            ("HEAD", "/app.js", null, HttpStatusCode.OK),
            ("POST", "/", null, HttpStatusCode.MethodNotAllowed),
            ("GET", "/healthz", null, HttpStatusCode.OK),
            ("GET", "/metrics", null, HttpStatusCode.OK),
            ("GET", "/api/v1/checks", null, HttpStatusCode.OK),
            ("GET", "/openapi/v1.json", null, HttpStatusCode.OK),
            ("POST", "/api/v1/checks", "{", HttpStatusCode.BadRequest),
            ("GET", "/api/v1/checks/none", null, HttpStatusCode.NotFound),
            ("DELETE", "/api/v1/checks/a", null, HttpStatusCode.NoContent),
            ("PUT", "/api/v1/checks", null, HttpStatusCode.MethodNotAllowed),
            ("POST", "/api/v1/checks", new string(' ', (1 << 20) + 1), HttpStatusCode.RequestEntityTooLarge),
        ];
        foreach (var (method, path, body, status) in requests)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (body is not null) request.Content = new StringContent(body);
            request.Headers.ExpectContinue = status == HttpStatusCode.RequestEntityTooLarge;
            using var answer = await hub.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(status, $"{method} {path}");
            Headers(answer, "Content-Security-Policy").ShouldBe("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
            Headers(answer, "X-Content-Type-Options").ShouldBe("nosniff");
            Headers(answer, "Referrer-Policy").ShouldBe("no-referrer");
            Headers(answer, "Cross-Origin-Opener-Policy").ShouldBe("same-origin");
            Headers(answer, "Cross-Origin-Resource-Policy").ShouldBe("same-origin");
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
            answer.Headers.Contains("Server").ShouldBeFalse();
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
            if (!answer.IsSuccessStatusCode) answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    [Fact]
    public async Task The_head_of_the_page_is_that_of_the_page_without_it()
    {
        await using var hub = await RunningHub.StartAsync();
        using var whole = await hub.Http.GetAsync("/");
        using var head = await hub.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        head.Content.Headers.ContentType.ShouldBe(whole.Content.Headers.ContentType);
        head.Content.Headers.ContentLength.ShouldBe(whole.Content.Headers.ContentLength);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        whole.Content.Headers.ContentLength!.Value.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("POST", "/", "GET, HEAD")]
    [InlineData("DELETE", "/app.js", "GET, HEAD")]
    [InlineData("POST", "/healthz", "GET, HEAD")]
    [InlineData("PUT", "/readyz", "GET, HEAD")]
    [InlineData("PUT", "/api/v1/checks", "GET, POST")]
    [InlineData("POST", "/api/v1/checks/a", "GET, PATCH, DELETE")]
    [InlineData("GET", "/api/v1/checks/a/pause", "POST")]
    [InlineData("POST", "/api/v1/checks/a/results", "GET")]
    [InlineData("POST", "/api/v1/stream", "GET")]
    [InlineData("POST", "/metrics", "GET")]
    public async Task A_method_that_is_not_for_a_path_is_refused_with_those_that_are(string method, string path, string allowed)
    {
        await using var hub = await RunningHub.StartAsync();
        using var answer = await hub.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.Allow.ShouldBe(allowed.Split(", "), ignoreOrder: true);
    }

    [Theory]
    [InlineData("/api/v1")]
    [InlineData("/api/v1/check")]
    [InlineData("/api/v1/checks/a/b")]
    [InlineData("/api/v1/checks/a/results/1")]
    [InlineData("/api/v1/stream/x")]
    [InlineData("/etc/passwd")]
    [InlineData("/../../etc/passwd")]
    public async Task What_is_not_there_is_said_to_be_not_there(string path)
    {
        await using var hub = await RunningHub.StartAsync();
        var (status, problem) = await hub.SendAsync("GET", path);
        status.ShouldBe(HttpStatusCode.NotFound);
        (problem!["status"]!.GetValue<int>(), problem["type"]!.GetValue<string>()).ShouldBe((404, "about:blank"));
        problem["detail"]!.GetValue<string>().ShouldStartWith("there is nothing at");
    }

    [Fact]
    public async Task Why_it_is_not_ready_is_for_this_host_or_the_token_only()
    {
        await using var hub = await RunningHub.StartAsync(takesResults: false);
        (await DetailAsync()).ShouldBe("results are not taken in yet");
        hub.Http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.1");
        (await DetailAsync()).ShouldBe("results are not taken in yet");
        hub.Http.DefaultRequestHeaders.Authorization = null;
        (await DetailAsync()).ShouldBe("ask with the token to hear why");

        async Task<string> DetailAsync() => (await hub.SendAsync("GET", "/readyz")).Body!["detail"]!.GetValue<string>();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("POST /api/v1/checks HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\nAuthorization: Bearer {token}\r\n\r\nx;a\n\r\n")]
    [InlineData("\0\0\0\0")]
    public async Task What_is_hardly_http_does_not_hurt(string raw)
    {
        await using var hub = await RunningHub.StartAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(hub.Address.Host, hub.Address.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(raw.Replace("{token}", hub.Host.Token, StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(new NetworkStream(socket));
        socket.Shutdown(SocketShutdown.Send);
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken) ?? "HTTP/1.1 4").ShouldStartWith("HTTP/1.1 4");
        (await hub.Http.GetStringAsync("/healthz")).ShouldBe("ok\n");
    }

    private static string Headers(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).ShouldHaveSingleItem();
}
