using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Vedette.Probes.Http;
using Vedette.Probes.Tests.Tcp;

namespace Vedette.Probes.Tests.Http;

public sealed class Http2Tests : IAsyncDisposable
{
    private static readonly Parameters Two = Parameters.Empty.With("httpVersion", "2");

    private readonly HttpsScene scene = new();
    private readonly HttpProbe probe;

    public Http2Tests() => probe = scene.Probe;

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task A_page_over_tls_is_up_with_its_phases_its_certificate_and_the_version()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, Hello, scene.Certificate);
        var seen = await probe.RunAsync(peer.Url("/a?b=c"), scene.Trusting(Two).With("regex", "^hello$"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "connect", "tls", "processing", "transfer"]);
        seen.Phases.ShouldAllBe(phase => phase.Value >= 0);
        seen.Measured("http_version").ShouldBe(2);
        seen.Measured("http_status_code").ShouldBe(200);
        seen.Measured("http_content_length").ShouldBe(5);
        seen.Measured("http_uncompressed_body_length").ShouldBe(5);
        seen.Measured("http_ssl").ShouldBe(1);
        seen.Measured("ssl_last_chain_expiry_timestamp_seconds").ShouldBeGreaterThan(0);
        seen.Details.ShouldNotBeNull().ShouldContain("127.0.0.1");
        var asked = peer.Requests.Single();
        (asked.Protocol, asked.Method, asked.Scheme, asked.Path).ShouldBe(("HTTP/2", "GET", "https", "/a?b=c"));
    }

    [Fact]
    public async Task Without_tls_it_is_spoken_by_prior_knowledge()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, Hello);
        var seen = await probe.RunAsync(peer.Url(), Two);
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Phases.Select(p => p.Key).ShouldBe(["resolve", "connect", "processing", "transfer"]);
        peer.Requests.Single().Scheme.ShouldBe("http");
    }

    [Theory]
    [InlineData("1.1", 1.1)]
    [InlineData("2", 2)]
    public async Task Of_a_server_that_speaks_both_the_version_asked_for_is_had(string wanted, double version)
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http1AndHttp2, Hello, scene.Certificate);
        var seen = await probe.RunAsync(peer.Url(), scene.Trusting(Parameters.Empty.With("httpVersion", wanted)));
        seen.Status.ShouldBe(Status.Up, seen.Message);
        seen.Measured("http_version").ShouldBe(version);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, "2")]
    [InlineData(HttpProtocols.Http2, "1.1")]
    public async Task A_server_that_does_not_speak_the_version_asked_for_is_down_and_says_so(HttpProtocols spoken, string wanted)
    {
        await using var peer = await KestrelPeer.StartAsync(spoken, Hello, scene.Certificate);
        var seen = await probe.RunAsync(peer.Url(), scene.Trusting(Parameters.Empty.With("httpVersion", wanted)));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain("protocols");
        peer.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_ignores_the_offer_of_the_version_is_down_and_not_asked()
    {
        await using var peer = new Peer(async (socket, stop) =>
        {
            await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = scene.Certificate }, stop);
            (await stream.ReadAsync(new byte[1], stop)).ShouldBe(0);
        });
        var seen = await probe.RunAsync($"https://{peer.Target}/", scene.Trusting(Two));
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain("offered in the TLS handshake (h2)");
    }

    [Fact]
    public async Task Without_tls_a_server_of_the_old_version_is_down_and_the_message_says_what_to_do()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http1, Hello);
        var seen = await probe.RunAsync(peer.Url(), Two);
        (seen.Status, seen.Reason).ShouldBe((Status.Down, Reasons.ProtocolError), seen.Message);
        seen.Message.ShouldNotBeNull().ShouldContain("use httpVersion=1.1");
    }

    [Fact]
    public async Task The_third_version_is_not_measured()
    {
        var seen = await probe.RunAsync("https://127.0.0.1:1/", Parameters.Empty.With("httpVersion", "3"));
        (seen.Status, seen.Reason).ShouldBe((Status.Unknown, Reasons.Unsupported));
    }

    [Fact]
    public async Task The_request_holds_what_it_holds_in_the_old_version_and_nothing_of_the_framework()
    {
        var parameters = Parameters.Empty.With("method", "POST").With("body", "x=1").With("user", "u").With("password", "p")
            .With("header", "X-Key: secret", "Content-Type: text/plain", "Host: zoo.test", "Cookie: a=b", "X-Greek: αβ");
        await using var two = await KestrelPeer.StartAsync(HttpProtocols.Http2, Hello);
        await using var old = await KestrelPeer.StartAsync(HttpProtocols.Http1, Hello);
        (await probe.RunAsync(two.Url("/p"), parameters.With("httpVersion", "2"))).Status.ShouldBe(Status.Up);
        (await probe.RunAsync(old.Url("/p"), parameters)).Status.ShouldBe(Status.Up);
        var (asked, before) = (two.Requests.Single(), old.Requests.Single());
        (asked.Method, asked.Host, asked.Body, asked.Path).ShouldBe((before.Method, before.Host, before.Body, before.Path));
        asked.Fields.Keys.Order(StringComparer.OrdinalIgnoreCase).ShouldBe(before.Fields.Keys.Where(name => name != "Connection").Order(StringComparer.OrdinalIgnoreCase), Case.Insensitive);
        asked.Fields.ShouldAllBe(field => before.Fields[field.Key] == field.Value);
        asked.Fields["Authorization"].ShouldBe("Basic dTpw");
    }

    [Fact]
    public async Task Every_run_and_every_hop_has_a_connection_of_its_own()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, context =>
        {
            if (context.Request.Path == "/a") context.Response.Redirect("/b");
            context.Response.Headers.SetCookie = "seen=1";
            return Task.CompletedTask;
        });
        for (var runs = 0; runs < 2; runs++)
        {
            var seen = await probe.RunAsync(peer.Url("/a"), Two);
            seen.Status.ShouldBe(Status.Up, seen.Message);
            seen.Measured("http_redirects").ShouldBe(1);
        }

        peer.Requests.Select(request => request.ConnectionId).Distinct().Count().ShouldBe(4);
        peer.Requests.ShouldAllBe(request => !request.Fields.ContainsKey("Cookie"));
    }

    [Fact]
    public async Task A_long_body_in_many_frames_is_read_to_its_end_and_bounded()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, async context =>
        {
            for (var i = 0; i < 300; i++) await context.Response.WriteAsync(new string('x', 1000));
            await context.Response.WriteAsync("end");
        });
        var whole = await probe.RunAsync(peer.Url(), Two.With("contains", "xend"));
        whole.Status.ShouldBe(Status.Up, whole.Message);
        whole.Measured("http_uncompressed_body_length").ShouldBe(300_003);
        whole.Measured("http_content_length").ShouldBe(-1);
        (await probe.RunAsync(peer.Url(), Two.With("maxBody", "300002"))).Reason.ShouldBe(Reasons.TooLarge);
    }

    [Fact]
    public async Task A_body_that_pours_without_end_is_too_large()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, async context =>
        {
            var piece = new byte[10_000];
            while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        });
        (await probe.RunAsync(peer.Url(), Two)).Reason.ShouldBe(Reasons.TooLarge);
    }

    [Fact]
    public async Task A_header_over_its_bound_is_too_large()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, context =>
        {
            for (var i = 0; i < (context.Request.Path == "/big" ? 8 : 6); i++) context.Response.Headers[$"X-Noise-{i}"] = new string('a', 10_000);
            return Hello(context);
        });
        (await probe.RunAsync(peer.Url("/big"), Two)).Reason.ShouldBe(Reasons.TooLarge);
        (await probe.RunAsync(peer.Url(), Two)).Status.ShouldBe(Status.Up);
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    public async Task Answers_without_a_body_are_whole_without_one(string method, int status)
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, context =>
        {
            context.Response.StatusCode = status;
            if (status != 204) context.Response.ContentLength = 500;
            return Task.CompletedTask;
        });
        var seen = await probe.RunAsync(peer.Url(), Two.With("method", method).With("expectStatus", "200-399"));
        seen.Status.ShouldBe(Status.Up, seen.Message);
    }

    [Fact]
    public async Task A_status_and_a_body_are_judged_as_ever()
    {
        await using var peer = await KestrelPeer.StartAsync(HttpProtocols.Http2, context =>
        {
            context.Response.StatusCode = context.Request.Path == "/broken" ? 500 : 200;
            return context.Response.WriteAsync("hello");
        });
        (await probe.RunAsync(peer.Url("/broken"), Two)).Reason.ShouldBe(Reasons.StatusMismatch);
        (await probe.RunAsync(peer.Url("/broken"), Two.With("expectStatus", "500"))).Status.ShouldBe(Status.Up);
        (await probe.RunAsync(peer.Url(), Two.With("contains", "goodbye"))).Reason.ShouldBe(Reasons.BodyMismatch);
        (await probe.RunAsync(peer.Url(), Two.With("regex", "^[0-9]+$"))).Reason.ShouldBe(Reasons.BodyMismatch);
        (await probe.RunAsync(peer.Url(), Two.With("jsonPath", "$.state"))).Reason.ShouldBe(Reasons.BodyMismatch);
    }

    private static Task Hello(HttpContext context)
    {
        context.Response.ContentLength = 5;
        return context.Response.WriteAsync("hello");
    }
}
