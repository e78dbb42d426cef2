using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Vedette.Probes.Tests.Http;

/// <summary>Kestrel on a port of loopback, with TLS when it has a certificate; it remembers what it was asked.</summary>
internal sealed class KestrelPeer : IAsyncDisposable
{
    private readonly WebApplication application;

    private KestrelPeer(WebApplication application) => this.application = application;

    public ConcurrentQueue<Asked> Requests { get; } = new();

    public static async Task<KestrelPeer> StartAsync(HttpProtocols protocols, RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var peer = new KestrelPeer(builder.Build());
        peer.application.Run(async context =>
        {
            peer.Requests.Enqueue(await Asked.ReadAsync(context.Request));
            await answer(context);
        });
        await peer.application.StartAsync();
        return peer;
    }

    public string Url(string path = "/") => application.Urls.Single() + path;

    public ValueTask DisposeAsync() => application.DisposeAsync();
}

/// <summary>One request as the server saw it.</summary>
internal sealed record Asked(string Protocol, string Method, string Scheme, string Host, string Path, string Body, string ConnectionId, IReadOnlyDictionary<string, string> Fields)
{
    public static async Task<Asked> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        return new(request.Protocol, request.Method, request.Scheme, request.Host.Value ?? "", request.Path + request.QueryString, await reader.ReadToEndAsync(),
            request.HttpContext.Connection.Id, request.Headers.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.OrdinalIgnoreCase));
    }
}
