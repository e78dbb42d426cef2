using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Vedette.Probes.Http;

/// <summary>One request of a run; each redirect makes the next.</summary>
/// <param name="Terms">What the check asks for.</param>
/// <param name="Url">Where to.</param>
/// <param name="Method">How.</param>
/// <param name="Body">With what.</param>
/// <param name="Trusted">Whether it goes where the check pointed: only there go credentials and the user's header fields.</param>
internal sealed record HttpRequest(HttpTerms Terms, Uri Url, string Method, byte[] Body, bool Trusted)
{
    private const string Agent = "Vedette/0.1";

    // The server chose it, and a header has room for 64 KiB.
    private const int LongestShown = 1000;

    private byte[]? head;

    /// <summary>The URL as results show it.</summary>
    public string Shown { get; } = Show(Url);

    /// <summary>The head as it goes over the wire in HTTP/1.1 (RFC 9112 section 3), the same in every run.</summary>
    public byte[] Head => head ??= WriteHead();

    /// <summary>The same of two requests that ask for the same, and short however long the URL is.</summary>
    public string Fingerprint() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Method} {Url.AbsoluteUri}")));

    /// <summary>The header fields, the same in every version. Nothing is reused or cached: each run measures cold.</summary>
    public IEnumerable<HeaderField> Fields()
    {
        IReadOnlyList<HeaderField> own = Trusted ? Terms.Fields : [];
        List<HeaderField> standing = [new("Host", Authority()), new("User-Agent", Agent), new("Accept", "*/*"), new("Cache-Control", "no-cache")];
        if (Trusted && Terms.Authorization is { } authorization) standing.Add(new("Authorization", authorization));
        return standing.Where(field => !own.Any(mine => mine.Is(field.Name))).Concat(own);
    }

    /// <summary>The request a redirect asks for, or why it is not made (RFC 9110 section 15.4).</summary>
    public (HttpRequest? Next, Failure? Failure) Redirected(int status, string location)
    {
        if (!Uri.TryCreate(Url, location, out var next))
            return (null, Failure.Down(Reasons.RedirectRefused, "the redirect does not lead to a URL"));
        if (next.Scheme is not ("http" or "https"))
            return (null, Failure.Down(Reasons.RedirectRefused, $"the redirect leads to a URL of '{next.Scheme}', not to a web page"));
        if (Targets.RefuseHost(next.IdnHost) is not null)
            return (null, Failure.Down(Reasons.RedirectRefused, "the redirect leads to a URL whose host is not the name or address of one"));
        if (next.UserInfo.Length > 0)
            return (null, Failure.Down(Reasons.RedirectRefused, $"the redirect to '{Show(next)}' names a user, which is not followed"));
        if (Url.Scheme == "https" && next.Scheme == "http")
            return (null, Failure.Down(Reasons.RedirectRefused, $"the redirect to '{Show(next)}' leaves encryption behind"));
        var trusted = Trusted && next.Scheme == Url.Scheme && next.IdnHost == Url.IdnHost && next.Port == Url.Port;
        var becomesGet = status == 303 ? Method != "HEAD" : status is 301 or 302 && Method == "POST";
        return (becomesGet ? new(Terms, next, "GET", [], trusted) : new(Terms, next, Method, Body, trusted), null);
    }

    private byte[] WriteHead()
    {
        var text = new StringBuilder(256).Append($"{Method} {Url.PathAndQuery} HTTP/1.1\r\n");
        foreach (var field in Fields()) text.Append($"{field.Name}: {field.Value}\r\n");
        if (Body.Length > 0 || Method is "POST" or "PUT" or "PATCH") text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        return Encoding.UTF8.GetBytes(text.Append("Connection: close\r\n\r\n").ToString());
    }

    // Without user and query, which often hold secrets.
    private static string Show(Uri url)
    {
        var shown = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return shown.Length > LongestShown ? shown[..LongestShown] + "..." : shown;
    }

    private string Authority()
    {
        var host = Url.HostNameType == UriHostNameType.IPv6 ? $"[{Targets.Unbracket(Url.IdnHost)}]" : Url.IdnHost;
        return Url.IsDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{Url.Port}");
    }
}
