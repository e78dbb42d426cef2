using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vedette.Hub.Http;

/// <summary>The hub's HTTP side: one place where every request is let in or refused, then the endpoints.</summary>
internal sealed partial class HubServer(IPEndPoint listen, AdminToken token, CheckEndpoints checks, StreamEndpoint stream, MetricsEndpoint metrics, Func<string?> notReady, ILoggerFactory loggers)
    : IAsyncDisposable
{
    private const int LargestBody = 1 << 20;
    private const string ContentSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ILogger logger = loggers.CreateLogger<HubServer>();
    private WebApplication? app;

    /// <summary>Listens; every request after that is answered. The address it listens on.</summary>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task<IPEndPoint> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Patience);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(listen);
        });
        app = builder.Build();
        app.Use(ContainAsync);
        app.Use(GuardAsync);
        app.Run(RouteAsync);
        await app.StartAsync();
        return IPEndPoint.Parse(new Uri(app.Urls.Single()).Authority);
    }

    /// <summary>Answers what is being asked, then stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        if (app is null) return;
        await app.StopAsync();
        await app.DisposeAsync();
    }

    // Whatever goes wrong inside, the one who asked hears of it in the form of every other error.
    private async Task ContainAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Answers.ProblemAsync(context, e.StatusCode, "Bad request", e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            RequestFaulted(logger, fault, context.Request.Method, context.Request.Path);
            await Answers.ProblemAsync(context, 500, "Internal error", "the hub failed to answer; its log says why");
        }
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurity;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        if (!IsOurs(context.Request.Host)) await Answers.ProblemAsync(context, 421, "Misdirected request", "this hub does not answer to that host name; use the address it listens on");
        else if (NeedsToken(context) && !token.Opens(context.Request.Headers.Authorization))
        {
            headers.WWWAuthenticate = "Bearer";
            await Answers.ProblemAsync(context, 401, "Token needed", $"send 'Authorization: Bearer TOKEN'; the token is in {AdminToken.FileName} in the data directory");
        }
        else await next(context);
    }

    // A page elsewhere may make a browser's name for us resolve to loopback; the Host it sends gives it away.
    private bool IsOurs(HostString host) =>
        host.Host is "localhost" || (IPAddress.TryParse(host.Host.Trim('[', ']'), out var address) && (IPAddress.IsLoopback(address) || address.Equals(listen.Address)));

    private static bool NeedsToken(HttpContext context)
    {
        var path = context.Request.Path;
        // A proxy on this host speaks for others.
        if (path == "/metrics") return context.Connection.RemoteIpAddress is not { } from || !IPAddress.IsLoopback(from) || context.Request.Headers.ContainsKey("X-Forwarded-For") || context.Request.Headers.ContainsKey("Forwarded");
        return !StaticPage.Has(path) && path != "/healthz" && path != "/readyz";
    }

    private Task RouteAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (StaticPage.Has(path)) return StaticPage.SendAsync(context);
        if (path == "/healthz") return context.Response.WriteAsync("ok\n");
        if (path == "/readyz") return ReadyAsync(context);
        if (path == "/metrics") return metrics.SendAsync(context);
        if (path == "/api/v1/stream") return stream.SendAsync(context);
        if (path.StartsWithSegments("/api/v1/checks", StringComparison.Ordinal, out var rest)) return checks.AnswerAsync(context, rest);
        return Answers.ProblemAsync(context, 404, "Not found", $"there is nothing at {path}");
    }

    private Task ReadyAsync(HttpContext context) =>
        notReady() is { } why ? Answers.ProblemAsync(context, 503, "Not ready", why) : context.Response.WriteAsync("ok\n");

    [LoggerMessage(311, LogLevel.Error, "{Method} {Path} was not answered.")]
    private static partial void RequestFaulted(ILogger logger, Exception fault, string method, string path);
}
