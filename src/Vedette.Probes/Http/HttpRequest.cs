using System.Globalization;
using System.Text;

namespace Vedette.Probes.Http;

/// <summary>One request of a run; each redirect makes the next.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Method">How.</param>
/// <param name="Body">With what.</param>
/// <param name="Trusted">Whether it goes where the check pointed: only there go credentials and the user's header fields.</param>
internal sealed record HttpRequest(Uri Url, string Method, byte[] Body, bool Trusted)
{
    private const string Agent = "Vedette/0.1";

    /// <summary>The head as it goes over the wire (RFC 9112 section 3). Nothing is reused or cached: each run measures cold.</summary>
    public byte[] WriteHead(HttpTerms terms)
    {
        var own = terms.Fields.Where(_ => Trusted).ToLookup(field => field.Name, StringComparer.OrdinalIgnoreCase);
        var head = new StringBuilder(256).Append($"{Method} {Url.PathAndQuery} HTTP/1.1\r\n");
        void Add(string name, string? value)
        {
            if (value is not null && !own.Contains(name)) head.Append($"{name}: {value}\r\n");
        }

        Add("Host", Url.IsDefaultPort ? Host() : string.Create(CultureInfo.InvariantCulture, $"{Host()}:{Url.Port}"));
        Add("User-Agent", Agent);
        Add("Accept", "*/*");
        Add("Cache-Control", "no-cache");
        Add("Authorization", Trusted ? terms.Authorization : null);
        foreach (var field in own.SelectMany(fields => fields)) head.Append($"{field.Name}: {field.Value}\r\n");
        if (Body.Length > 0 || Method is "POST" or "PUT" or "PATCH") head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        return Encoding.UTF8.GetBytes(head.Append("Connection: close\r\n\r\n").ToString());
    }

    /// <summary>The request a redirect asks for, or why it is not made (RFC 9110 section 15.4).</summary>
    public (HttpRequest? Next, Failure? Failure) Redirected(int status, string location)
    {
        if (!Uri.TryCreate(Url, location, out var next) || next.Scheme is not ("http" or "https") || next.UserInfo.Length > 0)
            return (null, Failure.Down(Reasons.RedirectRefused, $"the redirect to '{location}' does not lead to a web page"));
        if (Url.Scheme == "https" && next.Scheme == "http")
            return (null, Failure.Down(Reasons.RedirectRefused, $"the redirect to '{location}' leaves encryption behind"));
        var trusted = Trusted && next.Scheme == Url.Scheme && next.IdnHost == Url.IdnHost && next.Port == Url.Port;
        var becomesGet = status == 303 ? Method != "HEAD" : status is 301 or 302 && Method == "POST";
        return (becomesGet ? new(next, "GET", [], trusted) : new(next, Method, Body, trusted), null);
    }

    private string Host() => Url.HostNameType == UriHostNameType.IPv6 ? $"[{Targets.Unbracket(Url.IdnHost)}]" : Url.IdnHost;
}
