using System.Net.Security;
using System.Text;
using Vedette.Probes.Resolve;

namespace Vedette.Probes.Http;

/// <summary>What a check asks of HTTP, read once from its options.</summary>
internal sealed class HttpTerms
{
    /// <summary>Reads them.</summary>
    public HttpTerms(string target, OptionValues options)
    {
        Url = new Uri(target);
        Options = options;
        Family = options.Family();
        Method = options.Text("method")!;
        Body = options.Text("body") is { } body ? Encoding.UTF8.GetBytes(body) : [];
        Expected = new StatusSet(options.Texts("expectStatus"));
        Follows = options.Flag("followRedirects");
        MostBody = options.Integer("maxBody")!.Value;
        Rules = new BodyRules(options);
        Fields = [.. options.Texts("header").Select(HeaderField.Parse)];
        Authorization = ReadAuthorization(options);
        HttpVersion = options.Text("httpVersion")!;
    }

    public Uri Url { get; }

    public OptionValues Options { get; }

    public Family Family { get; }

    public string Method { get; }

    public byte[] Body { get; }

    public StatusSet Expected { get; }

    public bool Follows { get; }

    public long MostBody { get; }

    public BodyRules Rules { get; }

    public IReadOnlyList<HeaderField> Fields { get; }

    public string? Authorization { get; }

    public string HttpVersion { get; }

    public bool IsHttp2 => HttpVersion == "2";

    /// <summary>What is offered in a TLS handshake.</summary>
    public SslApplicationProtocol Protocol => IsHttp2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;

    // RFC 7617 section 2 and RFC 6750 section 2.1.
    private static string? ReadAuthorization(OptionValues options)
    {
        if (options.Text("bearer") is { } token) return $"Bearer {token}";
        return options.Text("user") is { } user ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Text("password")}"))}" : null;
    }
}
