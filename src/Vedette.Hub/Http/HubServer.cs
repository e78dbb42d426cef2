using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vedette.State.Sqlite;

namespace Vedette.Hub.Http;

/// <summary>The hub's HTTP side: one place where every request is let in or refused, then the endpoints.</summary>
internal sealed partial class HubServer(
    IPEndPoint listen, AdminToken token, CheckEndpoints checks, IdEndpoint ids, ConfigurationEndpoints configuration, DatabaseEndpoints database, StreamEndpoint stream, MetricsEndpoint metrics, Func<string?> notReady, ILoggerFactory loggers)
    : IAsyncDisposable
{
    private const int LargestBody = 1 << 20;
    private const int MostConnections = 20_000;
    private const string ContentSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(5);

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
            kestrel.Limits.MaxConcurrentConnections = kestrel.Limits.MaxConcurrentUpgradedConnections = MostConnections;
            kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
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
            await Answers.ProblemAsync(context, e.StatusCode, ReasonPhrases.GetReasonPhrase(e.StatusCode), e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (StateException e) when (!context.Response.HasStarted)
        {
            NotStored(logger, context.Request.Method, context.Request.Path, e.Message);
            await Answers.ProblemAsync(context, 503, "Storage unavailable", e.Message);
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
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (!IsOurs(context.Request.Host, context.Connection.LocalIpAddress)) await Answers.ProblemAsync(context, 421, "Misdirected request", "this hub does not answer to that host name; use the address it listens on");
        else if (NeedsToken(context) && !token.Opens(context.Request.Headers.Authorization))
        {
            headers.WWWAuthenticate = "Bearer";
            await Answers.ProblemAsync(context, 401, "Token needed", $"send 'Authorization: Bearer TOKEN'; the token is in {AdminToken.FileName} in the data directory");
        }
        else await next(context);
    }

    // A page elsewhere may make a browser's name for us resolve to loopback; the Host it sends gives it away.
    private static bool IsOurs(HostString host, IPAddress? reached) =>
        host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Targets.Unbracket(host.Host), out var address) && (IPAddress.IsLoopback(address) || address.Equals(reached?.IsIPv4MappedToIPv6 == true ? reached.MapToIPv4() : reached)));

    private static bool NeedsToken(HttpContext context)
    {
        var path = context.Request.Path;
        return path == "/metrics" ? !IsFromHere(context) : !StaticPage.Has(path) && path != "/healthz" && path != "/readyz";
    }

    // A proxy on this host speaks for others.
    private static bool IsFromHere(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from) && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    private Task RouteAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (StaticPage.Has(path)) return StaticPage.SendAsync(context);
        if (path == "/healthz") return HealthAsync(context, null);
        if (path == "/readyz") return HealthAsync(context, notReady());
        if (path == "/metrics") return metrics.SendAsync(context);
        if (path == OpenApiDocument.Path) return OpenApiDocument.SendAsync(context);
        if (path == IdEndpoint.Path) return ids.AnswerAsync(context);
        if (path == ConfigurationEndpoints.ApplyPath) return configuration.ApplyAsync(context);
        if (path == ConfigurationEndpoints.ExportPath) return configuration.ExportAsync(context);
        if (path == DatabaseEndpoints.Backup || path == DatabaseEndpoints.Verify) return database.AnswerAsync(context);
        if (path == CheckEndpoints.StatusPath) return checks.AnswerStatusAsync(context);
        if (path == "/api/v1/stream") return stream.SendAsync(context);
        if (path.StartsWithSegments(CheckEndpoints.Path, StringComparison.Ordinal, out var rest)) return checks.AnswerAsync(context, rest);
        return Answers.ProblemAsync(context, 404, "Not found", $"there is nothing at {path}");
    }

    // Whoever asks may know whether, but only those of this host or with the token may know why.
    private Task HealthAsync(HttpContext context, string? problem)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) return Answers.NotAllowedAsync(context, "GET, HEAD");
        if (problem is null) return Answers.TextAsync(context, "ok");
        return Answers.ProblemAsync(context, 503, "Not ready", IsFromHere(context) || token.Opens(context.Request.Headers.Authorization) ? problem : "ask with the token to hear why");
    }

    [LoggerMessage(313, LogLevel.Error, "{Method} {Path} could not be stored: {Problem}.")]
    private static partial void NotStored(ILogger logger, string method, string path, string problem);

    [LoggerMessage(311, LogLevel.Error, "{Method} {Path} was not answered.")]
    private static partial void RequestFaulted(ILogger logger, Exception fault, string method, string path);
}
